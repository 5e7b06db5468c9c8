// Where the messages of the libraries go: gRPC's and Protobuf's.
#ifndef LINCHPIN_SERVICES_KIT_LOGGING_LIBRARY_LOG_H_
#define LINCHPIN_SERVICES_KIT_LOGGING_LIBRARY_LOG_H_

namespace linchpin::kit {

class Log;

// Has their errors written as lines of `log`, as warnings: most tell of a client that went away, could not
// shake hands or sent what does not parse. At most ten a second; how many were left out stands in the next
// one. The log must live as long as the program; there is one for the whole of it, since both take a plain
// function.
void SendLibraryLogsTo(Log& log);

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_LOGGING_LIBRARY_LOG_H_
