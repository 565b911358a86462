# mbedTLS 3.6: Debian's source package of the next stable suite, configured by our header, static.
#   -DNBSEC_MBEDTLS_SOURCE=DIR uses an unpacked source tree instead of fetching one.
# The targets are mbedtls, mbedx509 and mbedcrypto. Whoever links them gets the include folder and
# MBEDTLS_CONFIG_FILE, so that our sources see the same structures as the library's own.
set(NBSEC_MBEDTLS_SOURCE "" CACHE PATH "An unpacked mbedTLS 3.6 source tree")
if(NBSEC_MBEDTLS_SOURCE)
	get_filename_component(mbedtls_source "${NBSEC_MBEDTLS_SOURCE}" ABSOLUTE
		BASE_DIR "${CMAKE_SOURCE_DIR}")
else()
	set(mbedtls_source "${CMAKE_BINARY_DIR}/mbedtls/source")
	execute_process(
		COMMAND "${CMAKE_CURRENT_LIST_DIR}/fetch-mbedtls" "${CMAKE_BINARY_DIR}/mbedtls"
		RESULT_VARIABLE fetch_result)
	if(NOT fetch_result EQUAL 0)
		message(FATAL_ERROR
			"mbedTLS could not be fetched; -DNBSEC_MBEDTLS_SOURCE=DIR names a tree")
	endif()
endif()
set(mbedtls_version_file "${mbedtls_source}/include/mbedtls/build_info.h")
if(NOT EXISTS "${mbedtls_source}/library/ssl_tls.c" OR NOT EXISTS "${mbedtls_version_file}")
	message(FATAL_ERROR "${mbedtls_source} is not an mbedTLS 3 source tree")
endif()
file(STRINGS "${mbedtls_version_file}" mbedtls_version
	REGEX "^#define MBEDTLS_VERSION_STRING +\"3\\.6\\.[0-9]+\"")
if(NOT mbedtls_version)
	message(FATAL_ERROR "${mbedtls_source} is not mbedTLS 3.6")
endif()

# ENABLE_TESTING and the like are names of theirs: say no before their CMakeLists asks.
set(ENABLE_TESTING OFF CACHE BOOL "mbedTLS's own tests" FORCE)
set(ENABLE_PROGRAMS OFF CACHE BOOL "mbedTLS's own programs" FORCE)
set(USE_SHARED_MBEDTLS_LIBRARY OFF CACHE BOOL "" FORCE)
set(USE_STATIC_MBEDTLS_LIBRARY ON CACHE BOOL "" FORCE)
set(MBEDTLS_FATAL_WARNINGS OFF CACHE BOOL "" FORCE)
set(GEN_FILES OFF CACHE BOOL "" FORCE)
set(DISABLE_PACKAGE_CONFIG_AND_INSTALL ON CACHE BOOL "" FORCE)
set(MBEDTLS_CONFIG_FILE "${PROJECT_SOURCE_DIR}/models/dtls/mbedtls_config.h"
	CACHE FILEPATH "" FORCE)
add_subdirectory("${mbedtls_source}" "${CMAKE_BINARY_DIR}/mbedtls/build" EXCLUDE_FROM_ALL SYSTEM)

# Fast in every build type. Never link-time optimisation: it joins objects, and the calls that
# the crypto counters wrap at the objects' borders vanish without a word.
foreach(library mbedtls mbedx509 mbedcrypto)
	target_compile_options(${library} PRIVATE -O2 -fno-lto -fvisibility=hidden -w)
	set_target_properties(${library} PROPERTIES
		POSITION_INDEPENDENT_CODE ON
		INTERPROCEDURAL_OPTIMIZATION OFF)
endforeach()
