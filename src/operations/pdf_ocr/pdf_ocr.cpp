#include "operation/registry.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace {

struct Options : operation::Common {
  static constexpr auto fields = Common::common_fields;
  engine::Wish wish_for(std::string from) const { return pdf_wish("pdf/ocr", std::move(from)); }
};

}  // namespace

Result<> register_pdf_ocr(operation::Registry& registry) {
  return registry.add(operation::define_with_engine<Options>(
      {.name = "pdf/ocr", .summary = "Finds the text of scanned pages, so that it can be searched and copied."}));
}

}  // namespace recast::operations
