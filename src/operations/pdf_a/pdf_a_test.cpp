#include "operation/engine_operation_contract.hpp"

namespace recast::operations {
Result<> register_pdf_a(operation::Registry& registry);

namespace {

TEST(PdfA, IsDoneByAnEngineWithItsOptions) { operation::test::expect_pdf_done_by_engine(&register_pdf_a, "pdf/a"); }

}  // namespace
}  // namespace recast::operations
