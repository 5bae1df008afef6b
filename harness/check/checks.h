// The checks one by one, for the list and for their tests. Each is in a file of its own, with its definition.
#pragma once

#include "harness/check/check.h"

namespace holdfast {

Finding check_delivered(const Evidence& evidence);
Finding check_lost(const Evidence& evidence);
Finding check_phantom(const Evidence& evidence);
Finding check_duplicate(const Evidence& evidence);
Finding check_order(const Evidence& evidence);
Finding check_torn_read(const Evidence& evidence);
Finding check_divergent_order(const Evidence& evidence);
Finding check_resurrected(const Evidence& evidence);
Finding check_vanished(const Evidence& evidence);
Finding check_stale_read(const Evidence& evidence);
Finding check_recovered(const Evidence& evidence);
Finding check_durability(const Evidence& evidence);
Finding check_leaks(const Evidence& evidence);
Finding check_bounded_wait(const Evidence& evidence);
Finding check_progress(const Evidence& evidence);
Finding check_orphan_temp(const Evidence& evidence);
Finding check_retry_discipline(const Evidence& evidence);
Finding check_faults_fired(const Evidence& evidence);

}  // namespace holdfast
