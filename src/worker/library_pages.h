#pragma once

namespace tintype::worker {

// Gives back what the loader read of libraries and this process never wrote to: symbol tables above all. What is needed
// again comes from the page cache. For a process that has loaded everything and waits.
void give_back_library_pages();

}  // namespace tintype::worker
