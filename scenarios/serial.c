/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serial numbers: "SM24-" and 100001 counting up. Two ranges share a text when their prefixes and
 * digits can be cut differently into the same characters, as SM24-1|00005 and SM24-|100005.
 */
#include "scenarios/serial.h"

#include <inttypes.h>
#include <string.h>

static unsigned
digits_of(uint64_t number)
{
	unsigned digits = 1;
	for (; number >= 10; number /= 10)
		digits++;
	return digits;
}

static unsigned
width_of(const struct nbs_serial *serial, uint64_t number)
{
	unsigned digits = digits_of(number);
	return digits > serial->digits ? digits : serial->digits;
}

size_t
nbsi_serial_len(const struct nbs_serial *serial, uint64_t index)
{
	return strlen(serial->prefix) + width_of(serial, serial->first + index);
}

enum nbs_status
nbs_serial_text(const struct nbs_serial *serial, uint64_t index, char *text, size_t size)
{
	if (index > UINT64_MAX - serial->first)
		return NBS_E_RANGE;
	uint64_t number = serial->first + index;
	int len = snprintf(text, size, "%s%0*" PRIu64, serial->prefix, (int)serial->digits, number);
	return len >= 0 && (size_t)len < size ? NBS_OK : NBS_E_RANGE;
}

/* The texts of a range that have the same length: prefix, then width digits, lowest to highest. */
struct run {
	const char *prefix;
	size_t prefix_len;
	unsigned width;
	uint64_t lowest, highest;
};

static uint64_t
power_of_ten(unsigned exponent)
{
	uint64_t power = 1;
	while (exponent-- > 0)
		power *= 10;
	return power;
}

/* The run that starts with a number; false behind the range's last. */
static bool
run_at(const struct nbs_serial *serial, uint64_t count, uint64_t number, struct run *run)
{
	uint64_t last = serial->first + count - 1;
	if (count == 0 || number > last)
		return false;
	unsigned width = width_of(serial, number);
	uint64_t highest = power_of_ten(width) - 1;
	*run = (struct run){serial->prefix, strlen(serial->prefix), width, number,
			    highest < last ? highest : last};
	return true;
}

/*
 * The digits that b's longer prefix has behind a's, in front of b's own: false if the prefixes do
 * not agree. In a's digits b's numbers then lie at *offset and above.
 */
static bool
extra_digits(const struct run *a, const struct run *b, uint64_t *offset)
{
	if (memcmp(a->prefix, b->prefix, a->prefix_len) != 0)
		return false;
	uint64_t extra = 0;
	for (size_t i = a->prefix_len; i < b->prefix_len; i++) {
		if (b->prefix[i] < '0' || b->prefix[i] > '9')
			return false;
		extra = extra * 10 + (uint64_t)(b->prefix[i] - '0');
	}
	*offset = extra * power_of_ten(b->width);
	return true;
}

static bool
runs_meet(const struct run *a, const struct run *b, char *shared, size_t size)
{
	if (a->prefix_len > b->prefix_len)
		return runs_meet(b, a, shared, size);
	uint64_t offset = 0;
	if (a->prefix_len + a->width != b->prefix_len + b->width || !extra_digits(a, b, &offset))
		return false;
	uint64_t lowest = b->lowest + offset, highest = b->highest + offset;
	if (lowest < a->lowest)
		lowest = a->lowest;
	if (highest > a->highest)
		highest = a->highest;
	if (lowest > highest)
		return false;
	snprintf(shared, size, "%s%0*" PRIu64, a->prefix, (int)a->width, lowest);
	return true;
}

bool
nbsi_serial_overlap(const struct nbs_serial *a, uint64_t a_count, const struct nbs_serial *b,
		    uint64_t b_count, char *shared, size_t size)
{
	struct run left, right;
	for (uint64_t i = a->first; run_at(a, a_count, i, &left); i = left.highest + 1) {
		for (uint64_t j = b->first; run_at(b, b_count, j, &right); j = right.highest + 1) {
			if (runs_meet(&left, &right, shared, size))
				return true;
		}
	}
	return false;
}
