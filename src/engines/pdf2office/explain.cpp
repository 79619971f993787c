#include "engines/pdf2office/explain.hpp"

#include "engine/explain.hpp"

namespace recast::engines::pdf2office {

Error explain(const engine::StepEnd& end) {
  using enum ErrorCode;
  constexpr std::string_view kDamaged = "The file is damaged or no PDF document.";
  return engine::explain_by(
      {{"cannot authenticate password", open_failed, "The document is encrypted and the password is missing or wrong.",
        "password"},
       {"malloc of", memory_limit, "The document needs more memory than is allowed; choose some of its pages."},
       {"out of memory", memory_limit, "The document needs more memory than is allowed; choose some of its pages."},
       {"no objects found", open_failed, kDamaged},
       {"cannot tell in file", open_failed, kDamaged},
       {"cannot find page tree", open_failed, kDamaged},
       {"cycle in page tree", open_failed, kDamaged},
       {"cannot find startxref", open_failed, kDamaged},
       {"cannot recognize", open_failed, kDamaged},
       {"cannot find document handler", open_failed, kDamaged}},
      end, "mutool");
}

}  // namespace recast::engines::pdf2office
