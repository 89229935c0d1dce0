#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "transport/asio_types.h"

namespace tintype::transport {

// Calls `begin(done)` at once and waits until `done(value)` is called, once and on whatever thread; the coroutine goes
// on on its own thread with the value. What `begin` refers to must live in the coroutine's frame, which the wait keeps.
template <typename Value, typename Begin>
Awaitable<Value> call_back(Begin begin) {
  auto initiate = [&begin](auto handler) {
    using Handler = decltype(handler);
    auto executor = asio::get_associated_executor(handler);
    // Shared only because std::function wants its target copyable. The guard keeps the loop alive meanwhile.
    auto resume = std::make_shared<Handler>(std::move(handler));
    auto guard = asio::make_work_guard(executor);
    begin([executor, resume, guard](Value value) {
      asio::post(executor, [resume, value = std::move(value)]() mutable { std::move (*resume)(std::move(value)); });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(Value)>(std::move(initiate),
                                                                                              kAwait);
}

}  // namespace tintype::transport
