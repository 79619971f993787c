#include "operation/engine_operation_contract.hpp"

namespace recast::operations {
Result<> register_pdf_extract_pages(operation::Registry& registry);

namespace {

TEST(PdfExtractPages, IsDoneByAnEngineWithItsOptions) {
  operation::test::expect_pdf_done_by_engine(&register_pdf_extract_pages, "pdf/extract-pages");
}

}  // namespace
}  // namespace recast::operations
