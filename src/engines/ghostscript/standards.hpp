#pragma once

#include <string>
#include <string_view>

#include "engine/plan.hpp"

/// PDF for archives (PDF/A, ISO 19005) and for presses (PDF/X, ISO 15930).
namespace recast::engines::ghostscript {

/// Adds what makes `input` a PDF/A of `part` 1 to 3, level b, at `output`.
void add_pdf_a(engine::Plan& plan, const std::string& input, char part, const std::string& output);
/// The same for PDF/X "1a", "3" or "4".
void add_pdf_x(engine::Plan& plan, const std::string& input, std::string_view level, const std::string& output);

}  // namespace recast::engines::ghostscript
