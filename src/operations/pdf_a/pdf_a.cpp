#include "operation/registry.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace {

struct Options : operation::Common {
  static constexpr auto fields = Common::common_fields;
  engine::Wish wish_for(std::string from) const { return pdf_wish("pdf/a", std::move(from)); }
};

}  // namespace

Result<> register_pdf_a(operation::Registry& registry) {
  return registry.add(operation::define_with_engine<Options>(
      {.name = "pdf/a", .summary = "Makes a PDF for archives (PDF/A): every font inside, every colour defined."}));
}

}  // namespace recast::operations
