#pragma once

namespace tintype {

// Makes glibc's malloc give back what images took (ADR 0006, docs/operations.md). Call it before the first thread.
void tune_allocator();

}  // namespace tintype
