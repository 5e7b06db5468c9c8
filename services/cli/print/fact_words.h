// Facts of resources as people are asked for them.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_FACT_WORDS_H_
#define LINCHPIN_SERVICES_CLI_PRINT_FACT_WORDS_H_

#include <string_view>
#include <vector>

namespace linchpin::cli {

// One fact that a resource of a kind may lack.
struct FactWords {
  const char* kind;
  const char* field;      // In proto names.
  const char* what;       // "hosting mode is", "weights are"
  const char* answer;     // What may stand there.
  const char* when_none;  // When the fact is that there is none; null: never.
  bool of_import;         // Asked after every import. Others only where something turns on them.
};

// All of them, those of one kind in the order in which they are asked.
const std::vector<FactWords>& AllFactWords();

// Null if there is none. An index in brackets is not read: `alternatives[1].switch_duration` is the field
// `alternatives.switch_duration`.
const FactWords* FindFactWords(std::string_view kind, std::string_view field);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_FACT_WORDS_H_
