#include "operation/engine_operation_contract.hpp"

namespace recast::operations {
Result<> register_pdf_rotate_pages(operation::Registry& registry);

namespace {

TEST(PdfRotatePages, IsDoneByAnEngineWithItsOptions) {
  operation::test::expect_pdf_done_by_engine(&register_pdf_rotate_pages, "pdf/rotate-pages");
}

}  // namespace
}  // namespace recast::operations
