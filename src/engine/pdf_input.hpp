#pragma once

#include <string>

#include "engine/plan.hpp"

/// What makes a PDF one that an engine's program reads whole. The worker of the engine qpdf does it; without that one
/// such a plan fails.
namespace recast::engine {

/// Has a plan begin with opening an encrypted PDF, for programs that would want its password among their arguments,
/// where other users of the machine can read it. Where the plan's steps find the document: `input` itself if there is
/// no password.
std::string unlock_pdf(Plan& plan, const std::string& input, const std::string& password);

/// Adds a step that leaves the listed pages alone, in the list's order, for programs that do not say which page they
/// lack: it fails with "no such page". `pages` is what format::PageList::parse takes. Where the plan's steps find the
/// document: `input` itself if all are wanted.
std::string choose_pdf_pages(Plan& plan, const std::string& input, const std::string& pages);

}  // namespace recast::engine
