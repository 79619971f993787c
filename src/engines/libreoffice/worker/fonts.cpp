#include "engines/libreoffice/worker/fonts.hpp"

#include <dlfcn.h>

#include <algorithm>

#include "base/text.hpp"

namespace recast::libreoffice {

namespace {

constexpr std::size_t kMost = 100;

/// OutputDevice::FontMappingUseItem of vcl/outdev.hxx, LibreOffice 7.4.
struct MappingUse {
  rtl::OUString original;           ///< "Family" or "Family/Style"
  std::vector<rtl::OUString> used;  ///< likewise
  int count;
};
using Start = void (*)();
using Finish = std::vector<MappingUse> (*)();

bool is_known(const Kit& kit) { return kit.version().starts_with("7.4."); }

template <class Function>
Function find(const char* symbol) {
  return reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, symbol));
}

std::string family_of(const rtl::OUString& font) {
  const auto name = from_uno(font);
  return std::string(trim(std::string_view(name).substr(0, name.find('/'))));
}

MissingFont read(const MappingUse& use) {
  // A document may name several families for one text ("Arial;Helvetica"): the first is what it wants.
  auto asked = family_of(use.original);
  asked = asked.substr(0, asked.find(';'));
  MissingFont font{.asked = std::move(asked), .used = {}};
  for (const auto& one : use.used) {
    auto family = family_of(one);
    if (std::ranges::find(font.used, family) == font.used.end()) font.used.push_back(std::move(family));
  }
  return font;
}

}  // namespace

void watch_fonts(const Kit& kit) {
  if (!is_known(kit)) return;
  if (const auto start = find<Start>("_ZN12OutputDevice27StartTrackingFontMappingUseEv"); start != nullptr) start();
}

std::vector<MissingFont> missing_fonts(const Kit& kit) {
  std::vector<MissingFont> result;
  const auto finish = is_known(kit) ? find<Finish>("_ZN12OutputDevice28FinishTrackingFontMappingUseEv") : nullptr;
  if (finish == nullptr) return result;
  for (const auto& use : finish()) {
    auto font = read(use);
    const auto is_asked = [&](const auto& name) { return equal_ignoring_case(name, font.asked); };
    if (font.asked.empty() || font.used.empty() || std::ranges::any_of(font.used, is_asked)) continue;
    const auto known = std::ranges::find(result, font.asked, &MissingFont::asked);
    if (known != result.end()) {  // in another style
      for (auto& name : font.used) {
        if (std::ranges::find(known->used, name) == known->used.end()) known->used.push_back(std::move(name));
      }
    } else if (result.size() < kMost) {
      result.push_back(std::move(font));
    }
  }
  return result;
}

}  // namespace recast::libreoffice
