// What verdicts tolerate: every number, with its source. what_was_tolerated() puts those of a run into its report.
// The constants depend on nothing, so that any stage may use them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace holdfast {

struct Plan;

namespace tolerance {

// Waking late is not a fault. A woken process runs after those that were ready before it, for a tick each: 4 ms at
// 250 Hz, the default of Debian and Ubuntu; a scheduler's own slice is shorter (EEVDF: 2.8 ms on 8 or more
// processors).
constexpr std::int64_t slice_ns = 4'000'000;
// The least that is tolerated: two dozen such slices. Virtual machines are paused that long, and processes beside a
// build wake that late.
constexpr std::int64_t least_ns = 100'000'000;
// Time-outs add up over the steps of an operation, so what is tolerated grows with the limit. A fifth: tails of identical
// runs drift apart by 15 % (see `slower_tail`); a wait or a deadline that is doubled exceeds it five times over.
constexpr std::int64_t share_percent = 20;

// By how much an operation may exceed its deadline or its total of waits, with this many agents.
constexpr std::int64_t beyond_ns(std::int64_t limit_ns, std::uint32_t agents) {
  const std::int64_t share_ns = std::max<std::int64_t>(0, limit_ns) / 100 * share_percent;
  return std::max({least_ns, share_ns, slice_ns * std::int64_t{agents}});
}

// The adapter waits for a command's answer until it is due, and this much longer: an answer in that time is late by a
// known amount and leaves program and adapter in step; a longer silence is not a small delay.
constexpr std::int64_t late_answer_ns = 1'000'000'000;

// The share of an operation's time that must be excused to excuse its failure at the deadline. With a quarter less
// time, a lock's queue is a quarter longer.
constexpr std::int64_t starved_percent = 25;

// An agent is starved, not just unlucky, if each other agent succeeded this often in the meantime (a lock that passes
// at random passes it over that often once in twenty thousand times), and if that took this many of its own usual
// gaps.
constexpr std::uint64_t starved_successes = 10;
constexpr std::int64_t starved_gaps = 10;

// A filesystem stamps files by a clock that ticks with the kernel's timer, at 100 Hz or more; two ticks.
constexpr std::int64_t file_clock_ns = 20'000'000;

// A file of 16 KiB, about what a save writes, takes less to write and flush unless the disk stands still or crawls. A
// delay within the least tolerance needs no excuse.
constexpr std::size_t pulse_bytes = 16384;
constexpr std::int64_t standstill_ns = least_ns;
// How often the disk is probed: a shorter standstill may be missed.
constexpr std::int64_t pulse_ns = 500'000'000;
// Data written up to this long before may still be on its way: Linux begins to write after 5 s
// (dirty_writeback_centisecs).
constexpr std::int64_t written_before_ns = 5'000'000'000;
// How many times slower than at first a disk may get under the run's own load; beyond that, the slowness is not the
// run's doing. (A cache takes writes for a while, and then the medium's speed counts.)
constexpr std::int64_t slower_disk = 8;
// How often the load of other programs is sampled: a quarter of the shortest usual deadline.
constexpr std::int64_t look_ns = 250'000'000;
// If more than this share of the run's processor time belonged to processes that came and went unseen, it is unknown
// how long the run waited. Clock ticks alone are 10 ms each in a sample of 250 ms.
constexpr std::int64_t unseen_percent = 25;
// How much more than measured the run may have waited: samples are taken by the same processors, and ticks are
// counted whole.
constexpr std::int64_t looks_percent = 10;

// A child between fork and exec has copies of descriptors that Windows would not have made. It calls exec at once: a
// child that has slept for the first of these times is a program of its own, and so is one that has run, or waited to
// run, for the second.
constexpr double exec_asleep_s = 0.05;
constexpr double exec_busy_s = 2;

// A gate's least effects, chosen from 820 identical runs in a row on a machine that was busy for minutes at a time:
// in rounds of the reference work, blocks of 20 to 30 runs were slower than the 40 to 60 before them by less than
// 12 %, and had tails up to 15 % longer, to which half as much is added.
constexpr double fewer_passed = 0.05;
constexpr double fewer_acknowledged = 0.02;
constexpr double slower = 1.12;
constexpr double slower_tail = 1.25;

}  // namespace tolerance

// A sentence for each tolerance applied to a run, "Topic: sentence.".
std::vector<std::string> what_was_tolerated(const Plan& plan);

}  // namespace holdfast
