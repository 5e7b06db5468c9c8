#include "services/engine/structure/word_trials.h"

#include "services/engine/loss/draws.h"
#include "services/engine/loss/loss_source.h"

// One source text for every width of vector that a processor has: the kernels are inlined into one function
// for each, and the first call chooses. Results are the same bit for bit.
#define LINCHPIN_KERNEL static inline __attribute__((always_inline))
#if defined(__x86_64__)
#define LINCHPIN_WIDE __attribute__((target("avx512f,avx512dq")))
#define LINCHPIN_HALF_WIDE __attribute__((target("avx2")))
#endif

namespace linchpin::engine {
namespace {

constexpr size_t kLanes = 8;
// Eight lanes of 64 bits; narrower processors take them in parts.
typedef uint64_t Lanes __attribute__((vector_size(kLanes * sizeof(uint64_t))));

LINCHPIN_KERNEL void MixLanes(Lanes& z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  z = z ^ (z >> 31);
}

LINCHPIN_KERNEL void Load(const uint64_t* from, Lanes& lanes) {
  __builtin_memcpy(&lanes, __builtin_assume_aligned(from, sizeof(lanes)), sizeof(lanes));
}
LINCHPIN_KERNEL void Store(const Lanes& lanes, uint64_t* to) {
  __builtin_memcpy(__builtin_assume_aligned(to, sizeof(lanes)), &lanes, sizeof(lanes));
}

LINCHPIN_KERNEL void DrawKernel(const TrialStates& states, const WordSource& source, TrialBits& bits) {
  const Lanes first = {1, 2, 4, 8, 16, 32, 64, 128};
  for (size_t word = 0; word < kWordsPerBlock; ++word) {
    Lanes occurs = {};
    for (size_t part = 0; part < 64 / kLanes; ++part) {
      Lanes z;
      Load(states.state + word * 64 + part * kLanes, z);
      z ^= source.key_hash;
      MixLanes(z);
      z += kDrawStep;
      MixLanes(z);
      occurs |= (Lanes)(z < source.limit) & (first << (part * kLanes));
    }
    uint64_t folded = 0;
    for (size_t lane = 0; lane < kLanes; ++lane) folded |= occurs[lane];
    bits.word[word] |= folded;
  }
}

LINCHPIN_KERNEL void EvaluateKernel(const WordGate* gate, const WordGate* last, const uint32_t* code,
                                    TrialBits* values) {
  for (; gate != last; ++gate) {
    const uint32_t* at = code + gate->begin;
    const uint32_t* const end = code + gate->end;
    Lanes outer = {}, inner, next;
    if (gate->is_or) {
      while (at != end) {
        Load(values[*at & WordGate::kPlaceMask].word, inner);
        while ((*at++ & WordGate::kLastBit) == 0) {
          Load(values[*at & WordGate::kPlaceMask].word, next);
          inner &= next;
        }
        outer |= inner;
      }
    } else {
      outer = ~outer;
      while (at != end) {
        Load(values[*at & WordGate::kPlaceMask].word, inner);
        while ((*at++ & WordGate::kLastBit) == 0) {
          Load(values[*at & WordGate::kPlaceMask].word, next);
          inner |= next;
        }
        outer &= inner;
      }
    }
    Store(outer, values[gate->result].word);
  }
}

struct Kernels {
  void (*draw)(const TrialStates&, const WordSource&, TrialBits&);
  void (*evaluate)(const WordGate*, const WordGate*, const uint32_t*, TrialBits*);
};

void DrawPlain(const TrialStates& s, const WordSource& source, TrialBits& bits) {
  DrawKernel(s, source, bits);
}
void EvaluatePlain(const WordGate* gate, const WordGate* last, const uint32_t* code, TrialBits* values) {
  EvaluateKernel(gate, last, code, values);
}

#if defined(__x86_64__)
LINCHPIN_WIDE void DrawWide(const TrialStates& s, const WordSource& source, TrialBits& bits) {
  DrawKernel(s, source, bits);
}
LINCHPIN_WIDE void EvaluateWide(const WordGate* gate, const WordGate* last, const uint32_t* code,
                                TrialBits* values) {
  EvaluateKernel(gate, last, code, values);
}
LINCHPIN_HALF_WIDE void DrawHalfWide(const TrialStates& s, const WordSource& source, TrialBits& bits) {
  DrawKernel(s, source, bits);
}
LINCHPIN_HALF_WIDE void EvaluateHalfWide(const WordGate* gate, const WordGate* last, const uint32_t* code,
                                         TrialBits* values) {
  EvaluateKernel(gate, last, code, values);
}
#endif

Kernels Choose() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
    return {DrawWide, EvaluateWide};
  if (__builtin_cpu_supports("avx2")) return {DrawHalfWide, EvaluateHalfWide};
#endif
  return {DrawPlain, EvaluatePlain};
}

const Kernels& Chosen() {
  static const Kernels kernels = Choose();
  return kernels;
}

}  // namespace

TrialStates TrialStates::Of(uint64_t seed, uint64_t first_trial) {
  TrialStates states;
  for (size_t i = 0; i < kTrialsPerBlock; ++i) states.state[i] = TrialState(seed, first_trial + i);
  return states;
}

// scaled(x, n) < p iff x * n < p * 2^64 iff x < ceil(p * 2^64 / n).
WordSource WordSource::Of(uint64_t key_hash, int64_t p_ppb) {
  if (p_ppb >= kPpbOne) return {.key_hash = key_hash, .always = true};
  const unsigned __int128 scaled = static_cast<unsigned __int128>(p_ppb) << 64;
  return {.key_hash = key_hash, .limit = static_cast<uint64_t>((scaled + kPpbOne - 1) / kPpbOne)};
}

void DrawSource(const TrialStates& states, const WordSource& source, TrialBits& bits) {
  if (source.always) {
    for (uint64_t& word : bits.word) word = ~uint64_t{0};
    return;
  }
  if (source.limit > 0) Chosen().draw(states, source, bits);
}

void EvaluateGates(std::span<const WordGate> gates, const uint32_t* code, TrialBits* values) {
  Chosen().evaluate(gates.data(), gates.data() + gates.size(), code, values);
}

}  // namespace linchpin::engine
