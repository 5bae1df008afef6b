// Seeded random numbers with a fixed definition: the same seed gives the same numbers with every compiler, on
// every machine. (std::uniform_*_distribution does not promise that.)
#pragma once

#include <cstdint>

namespace holdfast {

// splitmix64 (Steele, Lea, Flood 2014): one state word, passes BigCrush, seeds can be derived by mixing.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

  // In [0, 1), 53 bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

// A seed for part `stream` of what `seed` governs; distinct streams give unrelated numbers.
inline std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t stream) {
  Random random(seed ^ (stream * 0xD1342543DE82EF95ULL + 0x632BE59BD9B4E019ULL));
  return random.next();
}

}  // namespace holdfast
