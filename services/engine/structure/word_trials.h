// Trials side by side in machine words: bit t of a block is trial t. Internal to the sampling of failures.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_WORD_TRIALS_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_WORD_TRIALS_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace linchpin::engine {

inline constexpr size_t kTrialsPerBlock = 512;
inline constexpr size_t kWordsPerBlock = kTrialsPerBlock / 64;

// One bit for each trial of a block.
struct alignas(64) TrialBits {
  uint64_t word[kWordsPerBlock] = {};
};

// The part of the draws that all sources of a trial share (TrialState), of the trials of one block.
struct alignas(64) TrialStates {
  uint64_t state[kTrialsPerBlock];

  static TrialStates Of(uint64_t seed, uint64_t first_trial);
};

// A source that occurs iff its draw is below a limit.
struct WordSource {
  uint64_t key_hash = 0;
  uint64_t limit = 0;   // Of draw(.., 0): the least x with scaled(x, 10^9) >= p_ppb.
  bool always = false;  // At a chance of 1, whose limit does not fit.

  static WordSource Of(uint64_t key_hash, int64_t p_ppb);
};

// One step of a formula: an OR of ANDs, or an AND of ORs, of values that stand at numbered places. Its code
// is a list of places; the last one of each inner gate is marked.
struct WordGate {
  static constexpr uint32_t kLastBit = 1u << 31;
  static constexpr uint32_t kPlaceMask = kLastBit - 1;

  uint32_t result;  // Place.
  uint32_t begin;   // Into the code; at least one place.
  uint32_t end;
  bool is_or;  // The outer one.
};

// Adds to `bits` the trials in which the source occurs.
void DrawSource(const TrialStates& states, const WordSource& source, TrialBits& bits);

// Evaluates gates in order; `values` by place.
void EvaluateGates(std::span<const WordGate> gates, const uint32_t* code, TrialBits* values);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_WORD_TRIALS_H_
