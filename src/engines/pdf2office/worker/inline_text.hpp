#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "engines/pdf2office/worker/flow.hpp"

namespace recast::engines::pdf2office {

/// A paragraph's runs as marked up text: `mark(run, text)` gives the markup of a run's text, which has no blanks at its
/// ends; those go around it.
template <class Mark>
std::string inline_text(const Paragraph& paragraph, Mark mark) {
  std::string text;
  for (const auto& run : runs_of(paragraph)) {
    const auto core = trim(run.text);
    if (core.empty()) {
      text += ' ';
      continue;
    }
    const auto is_blank = [](char letter) { return letter == ' ' || letter == '\t'; };
    if (is_blank(run.text.front())) text += ' ';
    text += mark(run, core);
    if (is_blank(run.text.back())) text += ' ';
  }
  return std::string(trim(text));
}

}  // namespace recast::engines::pdf2office
