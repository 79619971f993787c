#include "operation/engine_operation_contract.hpp"

namespace recast::operations {
Result<> register_pdf_ocr(operation::Registry& registry);

namespace {

TEST(PdfOcr, IsDoneByAnEngineWithItsOptions) {
  operation::test::expect_pdf_done_by_engine(&register_pdf_ocr, "pdf/ocr");
}

}  // namespace
}  // namespace recast::operations
