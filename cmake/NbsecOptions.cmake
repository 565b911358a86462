# Compiler settings that hold for every target of ours (never for foreign code).
if(NOT CMAKE_BUILD_TYPE)
	set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# Debian's CMake types default to -DNDEBUG in Release: our asserts on programming errors stay on.
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")
string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")

find_program(NBSEC_CCACHE ccache) # used when it is there, never asked for
if(NBSEC_CCACHE)
	set(CMAKE_C_COMPILER_LAUNCHER "${NBSEC_CCACHE}")
	set(CMAKE_CXX_COMPILER_LAUNCHER "${NBSEC_CCACHE}")
endif()

option(NBSEC_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(NBSEC_FUZZ "Build the libFuzzer targets (needs clang)" OFF)

add_library(nbsec_options INTERFACE)
target_compile_definitions(nbsec_options INTERFACE _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE
	NBSEC_VERSION="${PROJECT_VERSION}")
# -ffp-contract=off: a fused multiply-add differs in the last bit between machines (determinism).
target_compile_options(nbsec_options INTERFACE
	-ffp-contract=off -fvisibility=hidden
	$<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>
	-Wall -Wextra -Wpedantic -Wshadow -Werror
	$<$<COMPILE_LANGUAGE:C>:-Wconversion -Wstrict-prototypes -Wmissing-prototypes>)
target_include_directories(nbsec_options INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}")

# Sanitizers reach mbedTLS too, hence directory-wide. -O1: at -O0 the tests take several times as
# long, at -O2 the reports lose their lines.
if(NBSEC_FUZZ AND NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
	message(FATAL_ERROR
		"NBSEC_FUZZ needs clang: -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++")
endif()
if(NBSEC_SANITIZE OR NBSEC_FUZZ)
	add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
		-fno-omit-frame-pointer -O1 -g)
	add_link_options(-fsanitize=address,undefined)
	# The library has no sanitizer runtime of its own: a C program brings the one for C++ too.
	set(CMAKE_C_LINK_EXECUTABLE "${CMAKE_CXX_LINK_EXECUTABLE}")
endif()
if(NBSEC_FUZZ)
	add_compile_options(-fsanitize=fuzzer-no-link)
endif()
