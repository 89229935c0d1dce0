#pragma once

#include "main/doctor/redis_under_check.h"

namespace tintype {

// Whether this user may send each command of the cache. All that is refused is said at once.
CheckOutcome check_redis_commands(const RedisUnderCheck& on, Deadline deadline);

// Whether the cache keeps a picture and a list, finds them, and finds them no more when they were invalidated.
CheckOutcome check_redis_invalidation(const RedisUnderCheck& on, Deadline deadline);

// Whether an invalidation is heard by other replicas, which memory in front of Redis needs.
CheckOutcome check_redis_channel(const RedisUnderCheck& on, Deadline deadline);

}  // namespace tintype
