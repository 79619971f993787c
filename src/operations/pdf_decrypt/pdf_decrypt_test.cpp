#include "operation/engine_operation_contract.hpp"

namespace recast::operations {
Result<> register_pdf_decrypt(operation::Registry& registry);

namespace {

TEST(PdfDecrypt, IsDoneByAnEngineWithItsOptions) {
  operation::test::expect_pdf_done_by_engine(&register_pdf_decrypt, "pdf/decrypt");
}

}  // namespace
}  // namespace recast::operations
