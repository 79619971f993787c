#include "operation/registry.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace {

struct Options : operation::Common {
  static constexpr auto fields = Common::common_fields;
  engine::Wish wish_for(std::string from) const { return pdf_wish("pdf/x", std::move(from)); }
};

}  // namespace

Result<> register_pdf_x(operation::Registry& registry) {
  return registry.add(operation::define_with_engine<Options>(
      {.name = "pdf/x", .summary = "Makes a PDF for printing presses (PDF/X): every font inside, colours as CMYK."}));
}

}  // namespace recast::operations
