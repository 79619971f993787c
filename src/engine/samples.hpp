#pragma once

#include <string_view>

namespace recast::engine {

/// A PDF of one small page with the word Recast, for probes and tests.
inline constexpr std::string_view kProbePdf =
    "%PDF-1.4\n"
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>\n"
    "endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>\n"
    "endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>\n"
    "endobj\n"
    "4 0 obj<</Length 35>>stream\n"
    "BT /F 24 Tf 20 40 Td (Recast) Tj ET\n"
    "endstream\n"
    "endobj\n"
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\n"
    "endobj\n"
    "xref\n"
    "0 6\n"
    "0000000000 65535 f \n"
    "0000000009 00000 n \n"
    "0000000053 00000 n \n"
    "0000000103 00000 n \n"
    "0000000213 00000 n \n"
    "0000000294 00000 n \n"
    "trailer<</Size 6/Root 1 0 R>>\n"
    "startxref\n"
    "356\n"
    "%%EOF\n";

}  // namespace recast::engine
