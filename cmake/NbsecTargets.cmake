# The targets, and the functions with which a folder adds to them.
#   nbsec_core     objects of sim/, models/ and scenarios/
#   nbsec          libnbsec.so, made of nbsec_core with mbedTLS inside
#   nbsec_static   the same objects for tests that look inside (never installed)
#   nbsec_analysis reads results only: links no ns-3
include(NbsecNs3)
if(NOT ns3_FOUND)
	message(FATAL_ERROR "ns-3 is missing: on Debian the packages libns3-dev and ns3")
endif()
find_package(PkgConfig REQUIRED)
pkg_check_modules(GSL REQUIRED IMPORTED_TARGET gsl)
pkg_check_modules(FYAML REQUIRED IMPORTED_TARGET libfyaml)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(PCAP REQUIRED IMPORTED_TARGET libpcap)
if(BUILD_TESTING)
	pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
endif()

set(NBSEC_FOREIGN ns3::libcore ns3::libnetwork ns3::libinternet ns3::libmobility ns3::libpropagation
	PkgConfig::GSL PkgConfig::FYAML PkgConfig::SQLITE PkgConfig::PCAP
	mbedtls mbedx509 mbedcrypto)

add_library(nbsec_core OBJECT)
target_link_libraries(nbsec_core PRIVATE nbsec_options ${NBSEC_FOREIGN})

add_library(nbsec SHARED)
add_library(nbsec::lib ALIAS nbsec)
set_target_properties(nbsec PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0 LINKER_LANGUAGE CXX)
target_link_libraries(nbsec PRIVATE nbsec_core ${NBSEC_FOREIGN})
# The map leaves only nbs_* and the C++ namespace nbs visible: templates of the C++ library that
# get instantiated here would show otherwise.
set(nbsec_map "${CMAKE_CURRENT_LIST_DIR}/nbsec.map")
target_link_options(nbsec PRIVATE -Wl,--exclude-libs,ALL "LINKER:--version-script=${nbsec_map}")
set_property(TARGET nbsec APPEND PROPERTY LINK_DEPENDS "${nbsec_map}")
if(NOT NBSEC_SANITIZE AND NOT NBSEC_FUZZ) # clang's sanitizer runtime is in the executables only
	target_link_options(nbsec PRIVATE -Wl,--no-undefined)
endif()
target_include_directories(nbsec PUBLIC
	$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/nbsec>)

add_library(nbsec_static STATIC EXCLUDE_FROM_ALL)
set_target_properties(nbsec_static PROPERTIES LINKER_LANGUAGE CXX)
target_link_libraries(nbsec_static PRIVATE nbsec_core PUBLIC nbsec_options ${NBSEC_FOREIGN})

add_library(nbsec_analysis STATIC)
target_link_libraries(nbsec_analysis
	PRIVATE nbsec_options PkgConfig::GSL PkgConfig::SQLITE PkgConfig::JANSSON)

# Sources of the folder that calls it, relative to that folder.
function(nbsec_sources)
	foreach(source IN LISTS ARGN)
		target_sources(nbsec_core PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/${source}")
	endforeach()
endfunction()

# Calls between objects of the symbols given go to __wrap_SYMBOL in the library and in the tests.
function(nbsec_wrap)
	foreach(symbol IN LISTS ARGN)
		target_link_options(nbsec PRIVATE "LINKER:--wrap=${symbol}")
		target_link_options(nbsec_static INTERFACE "LINKER:--wrap=${symbol}")
		set_property(GLOBAL APPEND PROPERTY nbsec_wrapped ${symbol})
	endforeach()
endfunction()

# nbsec_test(NAME source...): a cmocka program over the library's inside, run by CTest in the
# folder of its sources, so that vector files are found beside the test.
function(nbsec_test name)
	add_executable(${name} ${ARGN})
	target_link_libraries(${name} PRIVATE nbsec_static nbsec_options)
	set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
	# Where tests are not wanted they exist all the same: the folder may set properties on them.
	if(BUILD_TESTING)
		target_link_libraries(${name} PRIVATE PkgConfig::CMOCKA)
	endif()
	if(NBSEC_FUZZ OR NOT BUILD_TESTING)
		set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
	endif()
	add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
	set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()

# nbsec_test_unwrapped(NAME source...): the same objects linked as if nbsec_wrap() had been
# forgotten, for a test that this is noticed. Call it behind the last nbsec_wrap().
function(nbsec_test_unwrapped name)
	add_executable(${name} ${ARGN})
	target_link_libraries(${name} PRIVATE nbsec_core nbsec_options ${NBSEC_FOREIGN})
	set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
	get_property(wrapped GLOBAL PROPERTY nbsec_wrapped)
	foreach(symbol IN LISTS wrapped)
		target_link_options(${name} PRIVATE "LINKER:--defsym=__real_${symbol}=${symbol}")
	endforeach()
	if(BUILD_TESTING)
		target_link_libraries(${name} PRIVATE PkgConfig::CMOCKA)
	endif()
	if(NBSEC_FUZZ OR NOT BUILD_TESTING)
		set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
	endif()
	add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
	set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()

# nbsec_fuzz(NAME seed_file_or_folder source...): only with NBSEC_FUZZ. The target nbsec-fuzzers
# builds them all; tests/fuzz runs each for a bounded time.
add_custom_target(nbsec-fuzzers)
function(nbsec_fuzz name seeds)
	if(NOT NBSEC_FUZZ)
		return()
	endif()
	add_executable(${name} ${ARGN})
	target_link_libraries(${name} PRIVATE nbsec_static nbsec_options)
	target_link_options(${name} PRIVATE -fsanitize=fuzzer)
	set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
	set_property(GLOBAL APPEND PROPERTY nbsec_fuzzers ${name})
	set_property(TARGET ${name} PROPERTY nbsec_seeds "${CMAKE_CURRENT_SOURCE_DIR}/${seeds}")
	add_dependencies(nbsec-fuzzers ${name})
endfunction()
