#pragma once

namespace iteration {

/// Makes one visitor of several lambdas.
template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

/// clang 16 deduces no base classes from an aggregate by itself.
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace iteration
