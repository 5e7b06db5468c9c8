"""Lists, watches, simulates a cutoff and handles a typed error, over gRPC.

Stubs (Debian: apt-get install python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc):

    mkdir -p stubs && protoc -I proto --python_out=stubs --grpc_out=stubs \
        --plugin=protoc-gen-grpc=$(which grpc_python_plugin) $(cd proto && find google linchpin -name '*.proto')
    PYTHONPATH=stubs python3 docs/examples/python/example.py localhost:50051
"""

import sys

import grpc
from google.rpc import error_details_pb2, status_pb2
from linchpin.inventory.v1 import inventory_service_pb2, inventory_service_pb2_grpc, vendor_pb2
from linchpin.risk.v1 import risk_service_pb2_grpc, scenario_pb2, simulation_pb2


def all_vendors(inventory):
    """Yields every vendor, a page at a time."""
    token = ""
    while True:
        page = inventory.ListVendors(vendor_pb2.ListVendorsRequest(page_size=100, page_token=token))
        yield from page.vendors
        token = page.next_page_token
        if not token:
            return


def snapshot(inventory):
    """Reads the stream up to the end of its first snapshot; returns how many resources it held and where to resume."""
    count = 0
    for part in inventory.Watch(inventory_service_pb2.WatchRequest()):
        count += len(part.changes)
        if part.end_of_revision:
            return count, part.resume_token


def simulate_exit(risk, vendor):
    """What stops when a vendor is gone for good."""
    scenario = scenario_pb2.Scenario()
    scenario.horizon.FromSeconds(24 * 3600)
    scenario.cutoffs.add(type=scenario_pb2.Cutoff.TYPE_VENDOR_EXIT, target=vendor)
    return risk.SimulateCutoff(simulation_pb2.SimulateCutoffRequest(scenario=scenario))


def reason_of(error):
    """The reason and metadata of a failed call (google.rpc.ErrorInfo); None if it carries none."""
    for key, value in error.trailing_metadata():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return info.reason, dict(info.metadata)
    return None


def main(endpoint):
    with grpc.insecure_channel(endpoint) as channel:
        inventory = inventory_service_pb2_grpc.InventoryServiceStub(channel)
        risk = risk_service_pb2_grpc.RiskServiceStub(channel)

        vendors = list(all_vendors(inventory))
        print("vendors:", len(vendors))

        count, token = snapshot(inventory)
        print("resources in the snapshot:", count, "- resume token:", "yes" if token else "no")

        answer = simulate_exit(risk, "vendors/openai")
        for impact in answer.consumers:
            print("impaired:", impact.consumer, "level at least", impact.not_excluded.min_level_ppm // 10000, "%")
        print("impaired consumers:", answer.proven.impacted_count, "proven,", answer.likely.impacted_count, "likely")

        try:
            inventory.GetVendor(vendor_pb2.GetVendorRequest(name="vendors/nobody"))
        except grpc.RpcError as error:
            reason, metadata = reason_of(error)
            print("error:", error.code().name, reason, metadata["name"])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "localhost:50051")
