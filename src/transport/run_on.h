#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>

#include "base/bounded_executor.h"
#include "transport/asio_types.h"

namespace tintype::transport {

// Runs `work` on `pool` while the coroutine waits; the coroutine goes on on its own thread. False, at once, if the pool
// is full. What `work` refers to must live in the coroutine's frame, which the wait keeps.
inline Awaitable<bool> run_on(BoundedExecutor& pool, std::function<void()> work) {
  auto initiate = [&pool, &work](auto handler) {
    using Handler = decltype(handler);
    auto executor = asio::get_associated_executor(handler);
    // Shared only because std::function wants its target copyable. The guard keeps the loop alive meanwhile.
    auto resume = std::make_shared<Handler>(std::move(handler));
    auto guard = asio::make_work_guard(executor);
    const auto finish = [executor, resume](bool ran) {
      asio::post(executor, [resume, ran] { std::move (*resume)(ran); });
    };
    const bool accepted = pool.try_run([finish, guard, task = std::move(work)] {
      task();
      finish(true);
    });
    if (!accepted) finish(false);
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(bool)>(std::move(initiate),
                                                                                             kAwait);
}

}  // namespace tintype::transport
