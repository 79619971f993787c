#include "engines/qpdf/worker/character_maps.hpp"

#include <algorithm>
#include <optional>
#include <qpdf/QPDFExc.hh>
#include <utility>

namespace recast::engines::qpdf {

namespace {

constexpr std::size_t kMostCodes = 65'536;

/// A code of up to four bytes.
std::optional<unsigned> code_of(Object object) {
  constexpr std::size_t kLongest = 4;
  if (!object.isString()) return std::nullopt;
  const auto bytes = object.getStringValue();
  if (bytes.empty() || bytes.size() > kLongest) return std::nullopt;
  unsigned code = 0;
  for (const char byte : bytes) code = code << 8 | static_cast<unsigned char>(byte);
  return code;
}

/// A map is a PostScript program, of which only lists between two operators count. Its words are close enough to those
/// of a page for libqpdf's parser of these.
class Reader final : public Object::ParserCallbacks {
 public:
  void handleObject(Object object) override {
    if (!object.isOperator()) return operands_.push_back(object);
    const auto word = object.getOperatorValue();
    if (word == "endbfchar") characters();
    if (word == "endbfrange") ranges();
    operands_.clear();
  }
  void handleEOF() override {}

  CharacterMap take() { return std::move(map_); }

 private:
  /// Entries are counted, not codes: ranges may name the same ones again and again.
  void set(unsigned code, std::string value) {
    if (left_ == 0) return;
    --left_;
    map_.insert_or_assign(code, std::move(value));
  }

  void characters() {
    for (std::size_t at = 0; at + 1 < operands_.size(); at += 2) {
      if (const auto code = code_of(operands_[at]); code && operands_[at + 1].isString())
        set(*code, operands_[at + 1].getStringValue());
    }
  }

  void ranges() {
    for (std::size_t at = 0; at + 2 < operands_.size(); at += 3) {
      const auto first = code_of(operands_[at]), last = code_of(operands_[at + 1]);
      if (!first || !last || *last < *first || *last - *first >= kMostCodes) continue;
      const auto values = items(operands_[at + 2]);
      for (unsigned step = 0; step <= *last - *first; ++step) {
        if (left_ == 0) return;
        if (operands_[at + 2].isString()) set(*first + step, raised(operands_[at + 2].getStringValue(), step));
        if (step < values.size() && Object(values[step]).isString())
          set(*first + step, Object(values[step]).getStringValue());
      }
    }
  }

  /// The last character is counted up.
  static std::string raised(std::string value, unsigned step) {
    for (auto at = value.size(); at-- > 0 && step > 0; step >>= 8) {
      step += static_cast<unsigned char>(value[at]);
      value[at] = static_cast<char>(step & 0xFF);
    }
    return value;
  }

  std::vector<Object> operands_;
  CharacterMap map_;
  std::size_t left_ = kMostCodes;
};

/// "ABCDEF+Name" is a part of Name.
std::string base_name(Object font) {
  constexpr std::size_t kTag = 6;
  auto base = member(font, "/BaseFont");
  auto name = base.isName() ? base.getName().substr(1) : std::string();
  if (name.size() > kTag && name[kTag] == '+') name.erase(0, kTag + 1);
  return name;
}

struct Font {
  Object object;
  Object stream;  ///< null if nothing says what its codes mean
  CharacterMap map;
};

/// Composite fonts whose codes are their glyphs' numbers, by name.
std::multimap<std::string, Font> fonts_of(QPDF& document) {
  std::multimap<std::string, Font> fonts;
  for (auto& object : document.getAllObjects()) {
    if (!is_name(member(object, "/Subtype"), "/Type0")) continue;
    auto encoding = member(object, "/Encoding");
    if (!is_name(encoding, "/Identity-H") && !is_name(encoding, "/Identity-V")) continue;
    auto stream = member(object, "/ToUnicode");
    auto map = stream.isStream() ? read_character_map(stream) : CharacterMap();
    fonts.emplace(base_name(object), Font{object, stream, std::move(map)});
  }
  return fonts;
}

bool holds(const CharacterMap& larger, const CharacterMap& smaller) {
  return std::ranges::all_of(smaller, [&](const auto& entry) { return larger.contains(entry.first); });
}

/// How many codes mean the same in both.
std::size_t agreement(const CharacterMap& one, const CharacterMap& other) {
  return static_cast<std::size_t>(std::ranges::count_if(one, [&](const auto& entry) {
    const auto found = other.find(entry.first);
    return found != other.end() && found->second == entry.second;
  }));
}

/// The font of the original that this one was, if that can be said. Parts of one font may number its glyphs anew; of
/// several only one that means the same by most codes can be it.
const Font* origin_of(const Font& font, const std::string& name, const std::multimap<std::string, Font>& originals) {
  const auto [begin, end] = originals.equal_range(name);
  const bool single = std::distance(begin, end) == 1;
  for (auto one = begin; one != end; ++one) {
    const auto& map = one->second.map;
    if (map.empty() || !holds(map, font.map)) continue;
    if (single || 2 * agreement(font.map, map) > font.map.size()) return &one->second;
  }
  return nullptr;
}

}  // namespace

CharacterMap read_character_map(Object stream) {
  Reader reader;
  try {
    Object::parseContentStream(stream, &reader);
  } catch (const QPDFExc&) {
    // What was read before the damage is sound.
  }
  return reader.take();
}

void restore_character_maps(QPDF& document, QPDF& original) {
  auto fonts = fonts_of(document);
  if (fonts.empty()) return;
  const auto originals = fonts_of(original);
  for (auto& [name, font] : fonts) {
    const auto* const origin = origin_of(font, name, originals);
    if (origin == nullptr || agreement(font.map, origin->map) == font.map.size()) continue;
    font.object.replaceKey("/ToUnicode", copy_into(document, original, origin->stream));
  }
}

}  // namespace recast::engines::qpdf
