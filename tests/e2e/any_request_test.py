"""Every RPC, given requests drawn at random from what the inventory holds and from values at the edge: each is answered or refused with
a reason, none ends the server or is called its own fault. A seed makes a run again: LINCHPIN_SEED, LINCHPIN_REQUESTS (for each RPC)."""

import collections
import os
import random
import re
import subprocess
import unittest

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor as Field

from processes import ROOT, Linchpind, Scratch

SEED = int(os.environ.get("LINCHPIN_SEED", "1"))
REQUESTS = int(os.environ.get("LINCHPIN_REQUESTS", "12"))
SECONDS = 20
# Follow what changes and never end by themselves.
ENDLESS = {"Watch", "WatchFindings"}
# A refusal of these codes is the caller's doing or says what it waits for.
REFUSALS = {grpc.StatusCode[name] for name in (
    "INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
    "RESOURCE_EXHAUSTED", "UNIMPLEMENTED")}
COLLECTIONS = {"Vendor": "vendors", "Host": "hosts", "Licence": "licences", "Model": "models", "Deployment": "deployments",
               "Route": "routes", "Application": "applications", "BusinessService": "businessServices", "Dependency": "dependencies",
               "Policy": "policies", "Assignment": "assignments", "JurisdictionSet": "jurisdictionSets"}
WILD = [0.0, 0.03, 0.3]  # how often a value is drawn without regard to what the field is for
WORDS = ["", "-", "a", "ü\u202e", "x" * 300, "deployments/", "applications/-", "*", "licences/none/extra", "\n", "models/nosuch"]
PLAIN = ["portfolio", "chat", "vendor:openai", "weights:US", "EUR", "home", "7d", "tier=1", "name", "alternatives"]
COUNTRIES = ["US", "CN", "FR", "DE"]
# Of some fields only a few values mean anything: those are drawn, unless a draw is wild.
BY_NAME = {"request_id": [""], "page_token": [""], "resume_token": [""], "min_revision": [""], "as_of": ["", "1"], "etag": [""],
           "order_by": ["", "name"], "filter": [""], "kind": ["Vendor", "Application"], "kinds": ["Deployment", "Model"],
           "hazard_table": ["", "hazardTables/shipped"], "from": ["1"], "to": ["1"], "currency": ["EUR"], "fingerprint": [""],
           "scenario_id": ["new-scenario"], "parent": ["-", "applications/-"], "assignment": ["", "assignments/lineage"]}
# Seldom of use to what a request asks, and easily wrong.
ASIDE = {"evidence", "known_none", "bounds", "likely", "upstream_ids", "aliases", "offered", "what_if", "change", "without"}
NUMBERS = [0, -1, 2**31 - 1, -2**31]
LARGE = [2**32, 2**53, 2**63 - 1, -2**63]
RATIOS = [-1.0, 1.5, 1e308, float("inf"), float("nan"), 1e-300]
# What a call takes grows with them, by design.
LONG = {"trials"}
DEPTH_MAX = 6


class Api:
    """The services of the API, and what the options of a field say of its values."""

    def __init__(self, folder):
        path = folder / "api.binpb"
        protos = [str(p.relative_to(ROOT / "proto")) for p in (ROOT / "proto/linchpin").rglob("*.proto")]
        subprocess.run(["protoc", "-I", str(ROOT / "proto"), "--include_imports", f"--descriptor_set_out={path}", *protos], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes())
        self.pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            self.pool.Add(file)
        self.factory = message_factory.MessageFactory(self.pool)
        self.factory.GetMessages([file.name for file in files.file])
        self.options = self.factory.GetPrototype(self.pool.FindMessageTypeByName("google.protobuf.FieldOptions"))
        self.services = [self.pool.FindServiceByName(f"{file.package}.{service.name}")
                         for file in files.file for service in file.service]

    def option(self, field, name):
        options = self.options.FromString(field.GetOptions().SerializeToString())
        return options.Extensions[self.pool.FindExtensionByName(name)]


class Draws:
    """Random messages of any type. `names` are those of the inventory by kind."""

    def __init__(self, seed, api, names):
        self.random = random.Random(seed)
        self.api = api
        self.names = names
        self.all_names = [name for some in names.values() for name in some]
        self.wild = 0.0

    def text(self, field):
        kind = self.api.option(field, "google.api.resource_reference").type.rpartition("/")[2]
        if kind:
            return self.random.choice(self.names.get(kind) or self.all_names)
        if field.name in BY_NAME:
            return self.random.choice(BY_NAME[field.name])
        if field.name.endswith("_id"):
            return f"new-{self.random.randint(1, 50)}"
        if "country" in field.name or field.name in ("home", "countries"):
            return self.random.choice(COUNTRIES)
        return self.random.choice(self.all_names if field.name in ("name", "names", "resource") else PLAIN)

    def number(self, field):
        constraint = self.api.option(field, "linchpin.common.v1.constraint")
        least = int(constraint.min) if constraint.HasField("min") else 0
        most = int(constraint.max) if constraint.HasField("max") else 1000
        if field.name in LONG:
            most = 1000
        return self.random.choice([least, most, self.random.randint(least, max(least, min(most, least + 10)))])

    def scalar(self, field):
        wild = self.random.random() < self.wild
        if field.type == Field.TYPE_ENUM:
            values = [value.number for value in field.enum_type.values]
            return self.random.choice(values + [99] if wild else values[1:])
        if field.cpp_type == Field.CPPTYPE_BOOL:
            return self.random.random() < 0.5
        if field.cpp_type in (Field.CPPTYPE_DOUBLE, Field.CPPTYPE_FLOAT):
            return self.random.choice(RATIOS if wild else [0.0, 0.5, 1.0])
        if field.type == Field.TYPE_BYTES:
            return self.random.choice([b"", b"\x00\xff", b"x" * 1000])
        if field.cpp_type == Field.CPPTYPE_STRING:
            return self.random.choice(WORDS + self.all_names) if wild else self.text(field)
        if not wild:
            return self.number(field)
        wide = field.cpp_type in (Field.CPPTYPE_INT64, Field.CPPTYPE_UINT64)
        number = self.random.choice(NUMBERS + LARGE if wide else NUMBERS)
        return abs(number) % 2**32 if field.cpp_type in (Field.CPPTYPE_UINT32, Field.CPPTYPE_UINT64) else number

    def message(self, method):
        """A request of the method. What it names is mostly of the kind that the method is about."""
        self.wild = self.random.choice(WILD)
        message = self.api.factory.GetPrototype(method.input_type)()
        self.fill(message, 0)
        kind = re.sub(r"^(Get|Delete|Update|Create|Approve|Revoke|Acknowledge)", "", method.name)
        if kind in self.names and self.names[kind] and self.random.random() > self.wild:
            if "name" in message.DESCRIPTOR.fields_by_name:
                message.name = self.random.choice(self.names[kind])
            for field, resource in message.ListFields():
                if field.message_type is not None and field.message_type.name == kind:
                    resource.name = self.random.choice(self.names[kind]) if method.name.startswith("Update") else ""
        return message

    def fill(self, message, depth):
        if message.DESCRIPTOR.full_name in ("google.protobuf.Timestamp", "google.protobuf.Duration") and self.random.random() > self.wild:
            message.seconds = self.random.choice([0, 1, 3600, 86_400 * 30])
            return
        chosen = {}  # of a oneof, the field that is set
        for field in message.DESCRIPTOR.fields:
            required = 2 in self.api.option(field, "google.api.field_behavior")
            output = 3 in self.api.option(field, "google.api.field_behavior")
            likely = 1 - self.wild if required else 0.03 if output or field.name in ASIDE else 0.4 if depth == 0 else 0.2
            oneof = field.containing_oneof
            if oneof is not None and oneof not in chosen:
                chosen[oneof] = self.random.choice(oneof.fields)
            if oneof is not None and len(oneof.fields) > 1:
                likely = 0.9 if chosen[oneof] is field else 0.0
            if depth > DEPTH_MAX or self.random.random() > likely:
                continue
            self.set(message, field, depth)

    def set(self, message, field, depth):
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            return
        place = getattr(message, field.name)
        if field.label == Field.LABEL_REPEATED:
            for _ in range(self.random.choice([1, 1, 2, 4])):
                if field.message_type is None:
                    place.append(self.scalar(field))
                else:
                    self.fill(place.add(), depth + 1)
        elif field.message_type is None:
            setattr(message, field.name, self.scalar(field))
        else:
            place.SetInParent()
            self.fill(place, depth + 1)


class AnyRequest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = Scratch()
        cls.folder = scratch.__enter__()
        cls.addClassCleanup(scratch.__exit__)
        cls.api = Api(cls.folder)
        cls.server = Linchpind(cls.folder, "--drain-delay-seconds", "0")
        cls.addClassCleanup(cls.server.stop)
        cls.server.linchpin("apply", "-f", ROOT / "deploy/samples")
        cls.names = {kind: cls.server.linchpin("list", collection, "-o", "name", "--limit", "12").split()
                     for kind, collection in COLLECTIONS.items()}
        cls.channel = grpc.insecure_channel(cls.server.endpoint)
        cls.addClassCleanup(cls.channel.close)

    def call(self, service, method, request):
        """The code with which the call ended."""
        make = self.channel.unary_stream if method.server_streaming else self.channel.unary_unary
        call = make(f"/{service.full_name}/{method.name}", request_serializer=type(request).SerializeToString,
                    response_deserializer=lambda answer: answer)
        try:
            answer = call(request, timeout=1 if method.name in ENDLESS else SECONDS)
            if method.server_streaming:
                for _ in answer:
                    pass
            return grpc.StatusCode.OK, ""
        except grpc.RpcError as error:
            return error.code(), error.details()

    def wrong(self, method, code):
        if code == grpc.StatusCode.DEADLINE_EXCEEDED:
            return method.name not in ENDLESS
        return code != grpc.StatusCode.OK and code not in REFUSALS

    def test_is_answered_or_refused(self):
        draws = Draws(SEED, self.api, self.names)
        outcomes = collections.Counter()
        for service in self.api.services:
            for method in service.methods:
                for number in range(REQUESTS):
                    message = draws.message(method)
                    code, details = self.call(service, method, message)
                    outcomes[code.name] += 1
                    self.assertFalse(self.wrong(method, code), f"{method.name} {number}: {code} {details}\n{message}"[:4000])
                    self.assertTrue(self.server.running(), f"{method.name} {number} ended the server\n{message}"[:4000])
        print(f"{sum(outcomes.values())} requests: {dict(outcomes)}")
        self.assertGreater(outcomes["OK"], 0)


if __name__ == "__main__":
    unittest.main()
