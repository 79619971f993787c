#include "engines/pdf2office/worker/faces.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "base/text.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::string_view kUsual = "Times New Roman";

bool is_upper(char letter) { return letter >= 'A' && letter <= 'Z'; }
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// TeX calls its fonts by letters and a size: CMBX10.
bool has_code(std::string_view lower_name, std::initializer_list<std::string_view> codes) {
  return std::ranges::any_of(codes, [&](auto code) {
    for (auto at = lower_name.find(code); at != std::string_view::npos; at = lower_name.find(code, at + 1)) {
      if (at + code.size() < lower_name.size() && is_digit(lower_name[at + code.size()])) return true;
    }
    return false;
  });
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](auto word) { return text.find(word) != std::string_view::npos; });
}

/// Whether a name goes on, from here, with nothing but a style: "-BoldMT", ",Italic…", "BoldItalic".
bool is_style(std::string_view rest) {
  const bool parted = rest.starts_with('-') || rest.starts_with(',');
  if (parted) {
    const auto word = rest.substr(1);
    for (const auto* style : {"Bold", "Italic", "Oblique", "Regular", "Roman", "Medium", "Light", "Book", "Demi",
                              "Semi", "Black", "It", "Bd"}) {
      if (word.starts_with(style)) return true;
    }
  }
  if (rest.ends_with("MT")) rest.remove_suffix(2);
  return rest == "BoldItalic" || rest == "Bold" || rest == "Italic" || rest == "Oblique" || rest == "Regular";
}

bool is_tex(std::string_view name) {
  if (name.starts_with("LMRoman")) return true;
  if (!name.starts_with("CM") && !name.starts_with("SF") && !name.starts_with("LM")) return false;
  const auto rest = std::ranges::find_if_not(name.substr(2), &is_upper);
  return rest != name.substr(2).end() && is_digit(*rest);
}

std::string spaced(std::string_view name) {
  std::string result;
  for (const char letter : name) {
    if (is_upper(letter) && !result.empty() && result.back() >= 'a' && result.back() <= 'z') result += ' ';
    result += letter;
  }
  return result;
}

std::string family_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kKnown{{{"timesnewroman", kUsual},
                                                                                 {"times", kUsual},
                                                                                 {"arial", "Arial"},
                                                                                 {"helvetica", "Arial"},
                                                                                 {"courier", "Courier New"},
                                                                                 {"couriernew", "Courier New"}}};
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (is_style(name.substr(at))) name = name.substr(0, at);
  }
  for (const std::string_view ending : {"PSMT", "PS", "MT"}) {
    if (!name.ends_with(ending)) continue;
    name.remove_suffix(ending.size());
    break;
  }
  // Computer Modern is seldom installed. Times is narrower: no paragraph gets more lines.
  if (is_tex(name)) return std::string(name.substr(2).starts_with("TT") ? "Courier New" : kUsual);
  auto key = lower(name);
  std::erase(key, ' ');
  const auto* const known = std::ranges::find(kKnown, key, [](const auto& row) { return row.first; });
  if (known != kKnown.end()) return std::string(known->second);
  auto family = spaced(name);
  return family.empty() ? std::string(kUsual) : family;
}

}  // namespace

Face face_of(std::string_view name) {
  name = name.substr(name.rfind('+') + 1);  // npos + 1 is 0
  if (name.size() > kLongestName) name = {};
  const auto key = lower(name);
  return {.name = std::string(name),
          .family = family_of(name),
          .bold = has_any(key, {"bold", "black", "heavy", "demi", "-bd"}) || has_code(key, {"cmbx", "sfbx"}),
          .italic = has_any(key, {"italic", "oblique", "-it"}) || has_code(key, {"cmti", "sfti", "cmsl"}),
          .mono = has_any(key, {"mono", "courier", "consol", "typewriter"}) || has_code(key, {"cmtt", "sftt"})};
}

}  // namespace recast::engines::pdf2office
