// All of the core that an application needs: #include <holdfast/core/core.h>, link holdfast::core.
#pragma once

#include "core/base/result.h"
#include "core/retry/duration.h"
#include "core/retry/retry.h"
#include "core/retry/retry_policy.h"
#include "core/retry/retry_policy_toml.h"
#include "core/store/entry.h"
#include "core/store/snapshot_store.h"
