"""Writes a C++ file that holds a file of this folder as a string constant: embed.py INPUT OUTPUT NAMESPACE CONSTANT."""
import sys

source, target, namespace, constant = sys.argv[1:]
with open(source, encoding="ascii") as file:
    lines = file.read().splitlines()
with open(target, "w", encoding="ascii") as file:
    file.write("#include <string_view>\n\n")
    file.write(f"namespace {namespace} {{\n")
    file.write(f"extern const std::string_view {constant};\n")
    file.write(f"const std::string_view {constant} =\n")
    for line in lines:
        escaped = line.replace("\\", "\\\\").replace('"', '\\"')
        file.write(f'    "{escaped}\\n"\n')
    file.write(f"    ;\n}}  // namespace {namespace}\n")
