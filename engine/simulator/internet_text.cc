#include "engine/simulator/internet.h"

namespace simulator {

std::string_view ToText(Temper temper) {
  switch (temper) {
    case Temper::kHealthy:
      return "healthy";
    case Temper::kSlow:
      return "slow";
    case Temper::kDead:
      return "dead";
    case Temper::kLame:
      return "lame";
    case Temper::kServFail:
      return "servfail";
    case Temper::kRefused:
      return "refused";
    case Temper::kFormErrOnEdns:
      return "formerr-on-edns";
    case Temper::kDropsEdns:
      return "drops-edns";
    case Temper::kDropsTcp:
      return "drops-tcp";
    case Temper::kTruncates:
      return "truncates";
    case Temper::kWrongId:
      return "wrong-id";
    case Temper::kWrongQuestion:
      return "wrong-question";
    case Temper::kLies:
      return "lies";
    case Temper::kFailsMinimised:
      return "fails-minimised";
    case Temper::kFlaps:
      return "flaps";
  }
  return "";
}

std::string_view ToText(Shape shape) {
  switch (shape) {
    case Shape::kGlue:
      return "glue";
    case Shape::kGlueless:
      return "glueless";
    case Shape::kSiblingGlue:
      return "sibling-glue";
    case Shape::kNoIpv4:
      return "no-ipv4";
    case Shape::kNoIpv6:
      return "no-ipv6";
    case Shape::kChildNsDiffers:
      return "child-ns-differs";
    case Shape::kAlias:
      return "alias";
    case Shape::kAliasChain:
      return "alias-chain";
    case Shape::kDname:
      return "dname";
    case Shape::kWildcard:
      return "wildcard";
    case Shape::kEmptyNonTerminal:
      return "empty-non-terminal";
    case Shape::kNoData:
      return "nodata";
    case Shape::kNxDomain:
      return "nxdomain";
    case Shape::kBigAnswer:
      return "big-answer";
    case Shape::kSubzone:
      return "subzone";
    case Shape::kAllBroken:
      return "all-broken";
    case Shape::kUnknownType:
      return "unknown-type";
    case Shape::kServiceBinding:
      return "service-binding";
  }
  return "";
}

std::string_view ToText(Flaw flaw) {
  switch (flaw) {
    case Flaw::kNone:
      return "none";
    case Flaw::kExpired:
      return "expired";
    case Flaw::kNotYetValid:
      return "not-yet-valid";
    case Flaw::kWrongKey:
      return "wrong-key";
    case Flaw::kMissingKey:
      return "missing-key";
    case Flaw::kStripped:
      return "stripped";
    case Flaw::kWrongLabels:
      return "wrong-labels";
    case Flaw::kForgedDenial:
      return "forged-denial";
  }
  return "";
}

std::string_view ToText(Security security) {
  switch (security) {
    case Security::kSecure:
      return "secure";
    case Security::kInsecure:
      return "insecure";
    case Security::kBogus:
      return "bogus";
  }
  return "";
}

}  // namespace simulator
