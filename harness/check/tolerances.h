// What verdicts tolerate: every number, with where it comes from. what_was_tolerated() puts those of a run into its
// report. The constants depend on nothing, so that any stage may use them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace holdfast {

struct Plan;

namespace tolerance {

// Waking late is not a fault. A woken process runs once those that were ready before it have run, for a tick each: 4 ms
// at 250 Hz, Debian's and Ubuntu's choice; a scheduler's own slice is shorter (EEVDF: 2.8 ms on 8 processors and more).
constexpr std::int64_t slice_ns = 4'000'000;
// The least that is tolerated: two dozen such slices. Virtual machines are halted for as long, and processes beside a
// build are woken as late as that.
constexpr std::int64_t least_ns = 100'000'000;
// Time-outs add up over the steps of an operation, so what is tolerated grows with the limit. A fifth: tails of identical
// runs drift apart by 15 % (see `slower_tail`); a wait or a deadline that is doubled exceeds it five times over.
constexpr std::int64_t share_percent = 20;

// By how much a deadline, or the sum of an operation's waits, may be exceeded by one of so many agents.
constexpr std::int64_t beyond_ns(std::int64_t limit_ns, std::uint32_t agents) {
  const std::int64_t share_ns = std::max<std::int64_t>(0, limit_ns) / 100 * share_percent;
  return std::max({least_ns, share_ns, slice_ns * std::int64_t{agents}});
}

// A command's answer is awaited for as long as it would be in time, and this much longer: what comes then is late by a
// known amount and leaves program and adapter in step; a longer silence is not a small delay.
constexpr std::int64_t late_answer_ns = 1'000'000'000;

// Of an operation that failed at its deadline: what share of its time must be excused until the failure is, too. After
// a quarter less, a lock's queue is a quarter longer.
constexpr std::int64_t starved_percent = 25;

// An agent is left out, and not only unlucky, if each of the others succeeded this often meanwhile: a lock that passes by
// chance passes it over that often once in twenty thousand times. And if that took this many of its own usual gaps.
constexpr std::uint64_t starved_successes = 10;
constexpr std::int64_t starved_gaps = 10;

// A filesystem stamps files by a clock that ticks with the kernel's timer, at 100 Hz or more; two ticks.
constexpr std::int64_t file_clock_ns = 20'000'000;

// A file of 16 KiB, about what a save writes, is written and flushed in less, but for a disk that stands still or crawls.
// What is delayed by no more than is tolerated in any case needs no excuse.
constexpr std::size_t pulse_bytes = 16384;
constexpr std::int64_t standstill_ns = least_ns;
// How often the disk is tried: a standstill that is shorter may be missed.
constexpr std::int64_t pulse_ns = 500'000'000;
// What was written that long before may still be on its way: Linux begins to write after 5 s (dirty_writeback_centisecs).
constexpr std::int64_t written_before_ns = 5'000'000'000;
// By how many times a disk that the run keeps busy may be slower than at first, before its slowness is not the run's: a
// cache takes writes for a while, and then the medium's speed counts.
constexpr std::int64_t slower_disk = 8;
// How often others' use of the machine is looked at: a quarter of the shortest deadline that is usual.
constexpr std::int64_t look_ns = 250'000'000;
// What part of the run's processor time may have been of processes that came and went unseen, before it is unknown how
// long the run waited. Clock ticks alone are 10 ms each in a look of 250 ms.
constexpr std::int64_t unseen_percent = 25;
// How much more than measured may have been waited: looks are taken by the same processors, and ticks are counted whole.
constexpr std::int64_t looks_percent = 10;

// A child between fork and exec has copies of descriptors that Windows would not have made. It calls exec at once: one
// that has slept for as long is a program of its own, and so is one that has run, or waited to run, for the second time.
constexpr double exec_asleep_s = 0.05;
constexpr double exec_busy_s = 2;

// A gate's least effects, chosen by 820 identical runs in a row, on a machine that had other things to do for minutes at
// a time: in rounds of the reference, blocks of 20 to 30 runs were slower than the 40 to 60 before by less than 12 %, and
// had tails up to 15 % longer, for which half as much again is left.
constexpr double fewer_passed = 0.05;
constexpr double fewer_acknowledged = 0.02;
constexpr double slower = 1.12;
constexpr double slower_tail = 1.25;

}  // namespace tolerance

// A sentence for each tolerance that a run was judged by, "Topic: sentence.".
std::vector<std::string> what_was_tolerated(const Plan& plan);

}  // namespace holdfast
