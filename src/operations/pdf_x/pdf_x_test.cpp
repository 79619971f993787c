#include "operation/engine_operation_contract.hpp"

namespace recast::operations {
Result<> register_pdf_x(operation::Registry& registry);

namespace {

TEST(PdfX, IsDoneByAnEngineWithItsOptions) { operation::test::expect_pdf_done_by_engine(&register_pdf_x, "pdf/x"); }

}  // namespace
}  // namespace recast::operations
