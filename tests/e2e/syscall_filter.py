"""Runs a program under the SystemCallFilter of a unit file, as systemd would: what is not allowed kills it.

Usage: syscall_filter.py UNIT_FILE PROGRAM [ARGUMENT...]. Root becomes user 65532 before, as DynamicUser does not run as root.
"""

import ctypes
import os
import re
import struct
import subprocess
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
ALLOW, KILL = 0x7FFF0000, 0x80000000
LOAD_NUMBER, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06


def members(group, seen=None):
    """The system calls of a group of systemd's, groups within it included."""
    names = set()
    text = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True).stdout
    for line in text.splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            names |= members(word)
        elif word and not word.startswith("#"):
            names.add(word)
    return names


def allowed(unit):
    """What the lines SystemCallFilter= add and take away, in their order, to what systemd always allows."""
    names = members("@default")
    for line in re.findall(r"^SystemCallFilter=(.*)$", open(unit).read(), re.M):
        words = line.lstrip("~").split()
        change = set().union(*(members(word) if word.startswith("@") else {word} for word in words))
        names = names - change if line.startswith("~") else names | change
    return names


def numbers(names):
    """Their numbers on this machine; what it does not have is left out."""
    text = subprocess.run(["c++", "-E", "-dM", "-xc", "-"], input="#include <sys/syscall.h>\n", capture_output=True, text=True, check=True).stdout
    table = dict(re.findall(r"#define __NR_(\w+) (\d+)", text))
    return sorted(int(table[name]) for name in names if name in table)


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def install(calls):
    code = struct.pack("=HBBI", LOAD_NUMBER, 0, 0, 0)
    for number in calls:
        code += struct.pack("=HBBI", JUMP_EQUAL, 0, 1, number) + struct.pack("=HBBI", RETURN, 0, 0, ALLOW)
    code += struct.pack("=HBBI", RETURN, 0, 0, KILL)
    program = Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "no seccomp filter on this machine")


def main():
    calls = numbers(allowed(sys.argv[1]))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65532)
        os.setuid(65532)
    install(calls)
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
