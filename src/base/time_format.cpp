#include "base/time_format.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace tintype {
namespace {

std::tm utc(UnixTime time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes a text apart from its beginning. What does not fit makes it fail for good.
class Parts {
 public:
  explicit Parts(std::string_view text) : rest_(text) {}

  bool take(char c) {
    const bool is_there = rest_.starts_with(c);
    if (is_there) rest_.remove_prefix(1);
    return is_there;
  }
  void expect(char c) { failed_ |= !take(c); }
  // A number of exactly `digits` digits that is at most `highest`.
  int number(int digits, int highest) {
    int value = 0;
    for (int i = 0; i < digits; ++i) value = 10 * value + digit();
    failed_ |= value > highest;
    return value;
  }
  // The digits of a fraction, one or more, as thousandths.
  int thousandths() {
    int value = 100 * digit();
    for (int place = 10; !rest_.empty() && is_digit(rest_.front()); place /= 10) value += place * digit();
    return value;
  }
  bool are_all_taken() const { return !failed_ && rest_.empty(); }

 private:
  int digit() {
    if (rest_.empty() || !is_digit(rest_.front())) {
      failed_ = true;
      return 0;
    }
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
  bool failed_ = false;
};

// "Z", "+01:00"; what must be subtracted from the local time.
std::chrono::minutes take_offset(Parts& parts) {
  if (parts.take('Z')) return {};
  const bool is_east = parts.take('+');
  if (!is_east) parts.expect('-');
  const std::chrono::hours hours(parts.number(2, 23));
  parts.expect(':');
  const auto offset = hours + std::chrono::minutes(parts.number(2, 59));
  return is_east ? offset : -offset;
}

}  // namespace

std::string to_rfc3339(UnixTime time) {
  const std::tm parts = utc(time);
  const auto milliseconds = (time - std::chrono::floor<std::chrono::seconds>(time)).count();
  std::array<char, 64> text;
  const int length = std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                                   parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                                   parts.tm_sec, static_cast<int>(milliseconds));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<UnixTime> parse_rfc3339(std::string_view text) {
  Parts parts(text);
  const std::chrono::year year(parts.number(4, 9999));
  parts.expect('-');
  const std::chrono::month month(static_cast<unsigned>(parts.number(2, 12)));
  parts.expect('-');
  const std::chrono::year_month_day date(year, month, std::chrono::day(static_cast<unsigned>(parts.number(2, 31))));
  parts.expect('T');
  const std::chrono::hours hours(parts.number(2, 23));
  parts.expect(':');
  const std::chrono::minutes minutes(parts.number(2, 59));
  parts.expect(':');
  const std::chrono::seconds seconds(parts.number(2, 59));
  const std::chrono::milliseconds fraction(parts.take('.') ? parts.thousandths() : 0);
  const std::chrono::minutes offset = take_offset(parts);
  if (!parts.are_all_taken() || !date.ok()) return std::nullopt;
  return UnixTime(std::chrono::sys_days(date)) + hours + minutes + seconds + fraction - offset;
}

std::string to_http_date(UnixTime time) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::tm parts = utc(time);
  std::array<char, 64> text;
  const int length = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   kDays[parts.tm_wday], parts.tm_mday, kMonths[parts.tm_mon], parts.tm_year + 1900,
                                   parts.tm_hour, parts.tm_min, parts.tm_sec);
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace tintype
