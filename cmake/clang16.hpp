// Included before everything by clang 16, which has what libstdc++ 12 asks of concepts, but not the number it looks at.
#pragma GCC system_header
#undef __cpp_concepts
#define __cpp_concepts 202002L
