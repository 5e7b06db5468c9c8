// Counter-based random draws (S9): what is drawn depends on seed, trial, source and purpose alone, so that
// results do not depend on threads, order or other sources.
#ifndef LINCHPIN_SERVICES_ENGINE_LOSS_DRAWS_H_
#define LINCHPIN_SERVICES_ENGINE_LOSS_DRAWS_H_

#include <cstdint>
#include <string_view>

namespace linchpin::engine {

inline constexpr uint64_t kDrawStep = 0x9E3779B97F4A7C15;

constexpr uint64_t Mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

constexpr uint64_t Fnv1a64(std::string_view text) {
  uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return hash;
}

// The part of a draw that all sources of a trial share.
constexpr uint64_t TrialState(uint64_t seed, uint64_t trial) {
  return Mix(Mix(seed + kDrawStep) + trial * kDrawStep + kDrawStep);
}

// What draw(seed, trial, key, .) has in common; `key_hash` is Fnv1a64 of the key.
constexpr uint64_t SourceState(uint64_t trial_state, uint64_t key_hash) {
  return Mix(trial_state ^ key_hash);
}

// draw(seed, trial, key, k).
constexpr uint64_t Draw(uint64_t source_state, uint64_t k) {
  return Mix(source_state + k * kDrawStep + kDrawStep);
}

// Uniform on 0 to n - 1.
constexpr uint64_t Scaled(uint64_t x, uint64_t n) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(x) * n) >> 64);
}

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LOSS_DRAWS_H_
