// linchpin: the command line.
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "services/cli/client/grpc_client.h"
#include "services/cli/run.h"

namespace {

int TerminalWidth() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 100;
}

// Nothing is left half written by stopping here: the server decides every batch whole.
void Interrupted(int) { _exit(130); }

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGINT, Interrupted);
  std::signal(SIGPIPE, SIG_DFL);
  // gRPC's own messages are for developers; errors reach people through Run.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  std::ios::sync_with_stdio(false);
  const linchpin::cli::Environment environment{
      std::cin,
      std::cout,
      std::cerr,
      isatty(STDOUT_FILENO) == 1,
      isatty(STDERR_FILENO) == 1,
      TerminalWidth(),
      [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        if (value == nullptr) return std::nullopt;
        return value;
      },
      linchpin::cli::MakeGrpcClient,
  };
  const int code = linchpin::cli::Run({argv + 1, argv + argc}, environment);
  std::cout.flush();
  return code;
}
