#include "services/cli/offline.h"

#include <optional>
#include <utility>
#include <vector>

#include "services/cli/client/api.h"
#include "services/cli/client/batch.h"
#include "services/cli/client/local_server.h"
#include "services/cli/client/refusal.h"
#include "services/cli/files.h"

namespace linchpin::cli {
namespace {

using google::protobuf::Message;

class OfflineClient final : public Client {
 public:
  OfflineClient(std::unique_ptr<LocalServer> server, std::unique_ptr<Client> client)
      : server_(std::move(server)), client_(std::move(client)) {}

  absl::Status Call(const std::string& service, const std::string& method, const Message& request,
                    Message& response) override {
    return client_->Call(service, method, request, response);
  }
  absl::Status Stream(const std::string& service, const std::string& method, const Message& request,
                      Message& part, const std::function<void()>& on_part) override {
    return client_->Stream(service, method, request, part, on_part);
  }

 private:
  const std::unique_ptr<LocalServer> server_;
  const std::unique_ptr<Client> client_;
};

Arguments ArgumentsFor(const Arguments& given, const std::string& endpoint) {
  Arguments arguments;
  arguments.command = given.command;
  arguments.flags = {{"endpoint", endpoint}};
  for (const std::string& timeout : given.All("timeout")) arguments.flags.emplace_back("timeout", timeout);
  arguments.environment = [](const std::string&) { return std::optional<std::string>(); };
  return arguments;
}

// Writes the export to the client's server.
absl::Status Fill(Client& client, const std::string& path, std::istream& in) {
  const absl::StatusOr<Loaded> loaded = LoadFiles({path}, in);
  if (!loaded.ok()) return loaded.status();
  std::vector<const resource::Document*> documents;
  for (const resource::Document& document : loaded->documents) {
    if (IsStored(*document.kind)) documents.push_back(&document);
  }
  WriteJob job;
  for (size_t i : ReferenceOrder(documents)) job.documents.push_back(documents[i]);
  job.on_outcome = [](const Outcome&) {};
  const WriteResult result = WriteDocuments(client, job);
  return result.refusal.status.ok() ? absl::OkStatus() : ExplainRefusal(*loaded, result.refusal);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> MakeOfflineClient(const Arguments& given, const std::string& path,
                                                          std::istream& in, const ClientMaker& make_client) {
  absl::StatusOr<std::unique_ptr<LocalServer>> server = LocalServer::Start();
  if (!server.ok()) return server.status();
  auto client = make_client(ArgumentsFor(given, (*server)->endpoint()));
  if (!client.ok()) return client.status();
  if (absl::Status status = Fill(**client, path, in); !status.ok()) return status;
  return std::make_unique<OfflineClient>(*std::move(server), *std::move(client));
}

Flag OfflineFlag() {
  return {
      "offline",
      0,
      "EXPORT",
      "Work on this file or folder, written by `linchpin export`, in place of a server. Needs `linchpind` "
      "beside `linchpin`.",
      "",
      {}};
}

}  // namespace linchpin::cli
