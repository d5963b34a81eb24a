# Fills the places in TEMPLATE with what PROGRAM says of itself, and writes RESULT: @MAN_FEATURES@ stands for what
# `PROGRAM --reference man-features` prints. VERSION and DATE are given.
file(READ ${TEMPLATE} template)
string(REGEX MATCHALL "@(MAN|BASH|MD)_[A-Z_]+@" places "${template}")
foreach(place IN LISTS places)
  string(REPLACE "@" "" place ${place})
  string(TOLOWER ${place} part)
  string(REPLACE "_" "-" part ${part})
  execute_process(COMMAND ${PROGRAM} --reference ${part} OUTPUT_VARIABLE ${place} RESULT_VARIABLE status
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT status EQUAL 0 OR "${${place}}" STREQUAL "")
    message(FATAL_ERROR "${PROGRAM} --reference ${part} ended with ${status} and said '${${place}}'")
  endif()
endforeach()
configure_file(${TEMPLATE} ${RESULT} @ONLY)
