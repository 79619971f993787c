#include "engines/djvulibre/samples.hpp"

#include "base/text.hpp"

namespace recast::engines::djvulibre {

std::string sample_document() {
  return from_base64(
             "QVQmVEZPUk0AAADNREpWTURJUk0AAAAigQACAAAAOgAAAJr//+i/"
             "iiH8KbhBcOkEfN2lncsC5T03H0ZPUk0AAABYREpWVUlORk8AAAAKAD"
             "wAHhgAZAAWAVNqYnoAAAAMgilGfeLTJY0ILDd/VFhUegAAACb//"
             "9GIGmRGFCu4dadB+fh4I3z+11ZSl+DJ1vIg9e1Tg0Bbi4U4n0ZPUk0A"
             "AAA3REpWVUlORk8AAAAKACgAFBgAZAAWAUJHNDQAAAAZAEoBAgAoABSK/JBM/N7yrAz98NVP/xW9pg==")
      .value();
}

}  // namespace recast::engines::djvulibre
