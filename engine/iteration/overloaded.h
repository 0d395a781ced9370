#pragma once

namespace iteration {

/// Makes one visitor of several lambdas.
template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

}  // namespace iteration
