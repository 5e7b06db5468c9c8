// Packs YAML files of resources for the binary: pack_catalogue OUT FILE... A part of the build, not of the
// product.
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "services/inventory/catalogue/packed.h"
#include "services/resource/document.h"

namespace linchpin::catalogue {
namespace {

// Whether the file could be read as a whole; what is wrong goes to standard error.
bool PackFile(const std::string& path, std::string& out) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    std::cerr << "cannot read " << path << "\n";
    return false;
  }
  const std::vector<resource::FileError> errors = resource::ReadDocuments(
      path, text.str(), [&](const resource::Document& document) { AppendPacked(*document.resource, out); });
  for (const resource::FileError& error : errors) std::cerr << error.Text() << "\n";
  return errors.empty();
}

int Pack(const std::vector<std::string>& arguments) {
  std::string packed;
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (!PackFile(arguments[i], packed)) return 1;
  }
  std::ofstream out(arguments[0], std::ios::binary);
  out << packed;
  out.close();
  if (out) return 0;
  std::cerr << "cannot write " << arguments[0] << "\n";
  return 1;
}

}  // namespace
}  // namespace linchpin::catalogue

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: pack_catalogue OUT FILE...\n";
    return 2;
  }
  return linchpin::catalogue::Pack({argv + 1, argv + argc});
}
