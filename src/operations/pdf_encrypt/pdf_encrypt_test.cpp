#include "operation/engine_operation_contract.hpp"

namespace recast::operations {
Result<> register_pdf_encrypt(operation::Registry& registry);

namespace {

TEST(PdfEncrypt, IsDoneByAnEngineWithItsOptions) {
  operation::test::expect_pdf_done_by_engine(&register_pdf_encrypt, "pdf/encrypt");
}

}  // namespace
}  // namespace recast::operations
