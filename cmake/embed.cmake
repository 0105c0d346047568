# mcue_embed(<target> NAME <name> FILE <path>): compiles a file into a target, as the function
#   namespace matchcue::embedded { std::string_view <name>(); }
# which the source that uses it declares. Built again when the file changes. Also the script that writes the source:
# cmake -DNAME=.. -DFILE=.. -DOUT=.. -P embed.cmake
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${FILE} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n"
                       bytes "${bytes}")
  file(WRITE ${OUT} "#include <string_view>\n\nnamespace matchcue::embedded {\n\nstd::string_view ${NAME}();\n\n"
                    "static const unsigned char bytes[] = {\n${bytes}0};\n\n"
                    "std::string_view ${NAME}() {\n"
                    "  return {reinterpret_cast<const char*>(bytes), sizeof bytes - 1};\n}\n\n"
                    "}  // namespace matchcue::embedded\n")
  return()
endif()

set(MCUE_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(mcue_embed target)
  cmake_parse_arguments(ARG "" "NAME;FILE" "" ${ARGN})
  get_filename_component(file ${ARG_FILE} ABSOLUTE)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${ARG_NAME}.cc)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DNAME=${ARG_NAME} -DFILE=${file} -DOUT=${out} -P ${MCUE_EMBED_SCRIPT}
    DEPENDS ${file} ${MCUE_EMBED_SCRIPT} VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
