#include "engines/pdf2office/worker/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "engines/pdf2office/worker/unicode.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr std::size_t kLongest = 100;      // signs of a number
constexpr std::size_t kMostDigits = 15;    // that a double keeps
constexpr std::size_t kMostDecimals = 30;  // of a spreadsheet's number format

bool is_digit(char32_t letter) { return letter >= '0' && letter <= '9'; }
bool is_minus(char32_t letter) { return letter == '-' || letter == 0x2212; }
/// What may part groups of thousands in any country.
bool is_group_sign(char32_t letter) {
  return letter == '\'' || letter == 0x2019 || letter == 0xA0 || letter == 0x202F || letter == 0x2009 || letter == ' ';
}

/// The parts of "(-$ 1,234.50e3 % EUR-)".
struct Parts {
  bool open = false;
  bool minus = false;
  std::u32string before;  // currency
  std::u32string digits;
  std::u32string exponent;
  bool percent = false;
  std::u32string after;
  bool close = false;
};

/// Takes a number apart, from left to right; nothing in it needs a second look.
class Reader {
 public:
  explicit Reader(std::u32string_view text) : rest_(text) {}

  std::optional<Parts> read() {
    Parts parts;
    parts.open = take('(');
    skip_blanks();
    if (!rest_.empty() && (is_minus(rest_.front()) || rest_.front() == '+' || rest_.front() == 0x2013)) {
      parts.minus = rest_.front() != '+';
      rest_.remove_prefix(1);
    }
    skip_blanks();
    parts.before = take_currency();
    skip_blanks();
    if (!rest_.empty() && is_minus(rest_.front())) {
      parts.minus = true;
      rest_.remove_prefix(1);
    }
    parts.digits = take_digits();
    if (parts.digits.empty()) return std::nullopt;
    parts.exponent = take_exponent();
    skip_blanks();
    parts.percent = take('%');
    skip_blanks();
    parts.after = take_currency();
    if (take('-')) parts.minus = true;
    skip_blanks();
    parts.close = take(')');
    if (!rest_.empty()) return std::nullopt;
    parts.minus = parts.minus || parts.open;
    return parts;
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }
  bool take(char32_t letter) {
    if (rest_.empty() || rest_.front() != letter) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::u32string take_front(std::size_t count) {
    std::u32string taken(rest_.substr(0, count));
    rest_.remove_prefix(count);
    return taken;
  }
  std::u32string take_currency() {
    constexpr std::u32string_view kSigns = U"$€£¥₩₹₽";
    constexpr std::array<std::u32string_view, 12> kCodes{U"USD", U"EUR", U"GBP", U"CHF", U"JPY", U"CNY",
                                                         U"SEK", U"NOK", U"DKK", U"PLN", U"CZK", U"AUD"};
    if (rest_.empty()) return {};
    if (kSigns.find(rest_.front()) != std::u32string_view::npos) return take_front(1);
    if (std::ranges::find(kCodes, rest_.substr(0, 3)) != kCodes.end() || rest_.starts_with(U"CAD")) {
      return take_front(3);
    }
    return {};
  }
  std::u32string take_digits() {
    const bool bare = rest_.size() > 1 && (rest_[0] == '.' || rest_[0] == ',') && is_digit(rest_[1]);
    if (!bare && (rest_.empty() || !is_digit(rest_.front()))) return {};
    std::size_t count = 1;
    while (count < rest_.size() && (is_digit(rest_[count]) || (!bare && (rest_[count] == '.' || rest_[count] == ',' ||
                                                                         is_group_sign(rest_[count]))))) {
      ++count;
    }
    auto taken = take_front(count);
    while (is_space(taken.back())) taken.pop_back();
    return taken;
  }
  std::u32string take_exponent() {
    if (rest_.empty() || (rest_.front() != 'e' && rest_.front() != 'E')) return {};
    std::size_t count = 1;
    if (count < rest_.size() && (rest_[count] == '+' || rest_[count] == '-')) ++count;
    const auto first = count;
    while (count < rest_.size() && is_digit(rest_[count])) ++count;
    return count > first ? take_front(count) : std::u32string();
  }

  std::u32string_view rest_;
};

std::optional<Parts> parts_of(std::string_view text) {
  const auto letters = decode(text);
  std::u32string_view trimmed = letters;
  while (!trimmed.empty() && is_space(trimmed.front())) trimmed.remove_prefix(1);
  while (!trimmed.empty() && is_space(trimmed.back())) trimmed.remove_suffix(1);
  if (trimmed.size() > kLongest) return std::nullopt;
  return Reader(trimmed).read();
}

struct Whole {
  std::string digits;
  bool grouped = false;
};

/// "1,234,567" without its marks; nullopt where they do not stand before three digits each.
std::optional<Whole> whole_of(std::u32string_view text, char32_t group) {
  Whole whole;
  std::size_t size = 0, groups = 0;  // of the digits since the last mark
  const auto group_ends = [&] { return groups == 0 ? size >= 1 && size <= 3 : size == 3; };
  for (const auto letter : text) {
    if (is_digit(letter)) {
      whole.digits += static_cast<char>(letter);
      ++size;
    } else if (letter == group || is_group_sign(letter)) {
      if (!group_ends()) return std::nullopt;
      ++groups;
      size = 0;
    } else {
      return std::nullopt;
    }
  }
  if (groups > 0 && !group_ends()) return std::nullopt;
  whole.grouped = groups > 0;
  if (whole.digits.empty()) whole.digits = "0";
  return whole;
}

std::string format_of(const Parts& parts, bool grouped, std::size_t decimals) {
  std::string format = grouped ? "#,##0" : "0";
  if (decimals > 0) format += "." + std::string(decimals, '0');
  if (!parts.exponent.empty()) format += "E+00";
  if (parts.percent) format += '%';
  if (!parts.before.empty()) format = '"' + encode(parts.before) + '"' + format;
  if (!parts.after.empty()) format += " \"" + encode(parts.after) + '"';
  if (parts.open) format = format + "_);(" + format + ")";
  return format == "0" ? "General" : format;
}

}  // namespace

void DecimalVote::hear(std::string_view text) {
  const auto parts = parts_of(text);
  if (!parts) return;
  const auto& digits = parts->digits;
  const auto points = std::ranges::count(digits, U'.'), commas = std::ranges::count(digits, U',');
  if (points > 0 && commas > 0) {
    (digits.rfind(U'.') > digits.rfind(U',') ? points_ : commas_) += 3;
  } else if (points > 1 || commas > 1) {
    (points > 0 ? commas_ : points_) += 2;
  } else if (points + commas == 1) {
    const auto at = digits.find_first_of(U".,");
    if (digits.size() - at - 1 != 3 || digits.substr(0, at) == U"0") (points > 0 ? points_ : commas_) += 1;
  }
}

std::optional<Number> parse_number(std::string_view text, char decimal_mark) {
  const auto parts = parts_of(text);
  if (!parts || parts->open != parts->close) return std::nullopt;
  const std::u32string_view all = parts->digits;
  const auto at = all.find(static_cast<char32_t>(decimal_mark));
  const auto whole = whole_of(all.substr(0, at), decimal_mark == '.' ? ',' : '.');
  const auto fraction = at == std::u32string_view::npos ? std::u32string_view() : all.substr(at + 1);
  if (!whole || !std::ranges::all_of(fraction, &is_digit)) return std::nullopt;
  if (fraction.size() > kMostDecimals || whole->digits.size() > kMostDigits) return std::nullopt;
  if (whole->digits.size() > 1 && whole->digits.front() == '0') return std::nullopt;  // a code, such as 007

  const auto written =
      fmt::format("{}.{}{}", whole->digits, fraction.empty() ? "0" : encode(fraction), encode(parts->exponent));
  Number number;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number.value);
  if (error != std::errc() || end != written.data() + written.size()) return std::nullopt;
  if (parts->percent) number.value /= 100;
  if (parts->minus) number.value = -number.value;
  number.format = format_of(*parts, whole->grouped, fraction.size());
  return number;
}

}  // namespace recast::engines::pdf2office
