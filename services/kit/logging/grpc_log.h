// Where gRPC's own messages go.
#ifndef LINCHPIN_SERVICES_KIT_LOGGING_GRPC_LOG_H_
#define LINCHPIN_SERVICES_KIT_LOGGING_GRPC_LOG_H_

namespace linchpin::kit {

class Log;

// Has gRPC's errors written as lines of `log`, as warnings: most tell of a client that went away or could not
// shake hands. At most ten a second; how many were left out stands in the next one. The log must live as long
// as the program; there is one for the whole of it, since gRPC takes a plain function.
void SendGrpcLogTo(Log& log);

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_LOGGING_GRPC_LOG_H_
