// Coroutines on Asio, as everything here that has sockets writes them.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>

namespace tintype {

namespace asio = boost::asio;
using boost::system::error_code;

// Every connection lives on one io_context that one thread runs: no strands, no locks, and no type-erased executors.
using Executor = asio::io_context::executor_type;
template <typename T>
using Awaitable = asio::awaitable<T, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

inline constexpr asio::use_awaitable_t<Executor> kAwait{};
// Yields (error_code, …) instead of throwing: on a socket, failure is normal.
inline constexpr auto kAwaitOutcome = asio::as_tuple(kAwait);
// For co_spawn: an exception that leaves a coroutine is a bug, and ends the process.
inline constexpr auto kRethrow = [](const std::exception_ptr& exception) {
  if (exception) std::rethrow_exception(exception);
};

}  // namespace tintype
