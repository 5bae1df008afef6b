// The checks one by one, for the list and for their tests. Each is in a file of its own, with its definition.
#pragma once

#include "harness/check/check.h"

namespace holdfast {

Finding check_delivered(const Plan& plan, const History& history);
Finding check_lost(const Plan& plan, const History& history);
Finding check_phantom(const Plan& plan, const History& history);
Finding check_duplicate(const Plan& plan, const History& history);
Finding check_order(const Plan& plan, const History& history);
Finding check_torn_read(const Plan& plan, const History& history);
Finding check_orphan_temp(const Plan& plan, const History& history);
Finding check_retry_discipline(const Plan& plan, const History& history);
Finding check_faults_fired(const Plan& plan, const History& history);

}  // namespace holdfast
